//! The language model: any endpoint that speaks the chat form most of them share, whatever it leaves out or adds.

pub mod chat;
mod heard;
mod sse;
mod wire;

#[cfg(test)]
mod tests;
