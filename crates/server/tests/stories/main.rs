//! What a shopkeeper observes: the product with a real database file against fakes of Meta and Shopify over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken story should stop loudly"
)]

mod faults;
mod house;
mod merchant;
mod model_verbs;
mod operator;
mod outside;
mod products;
mod promotion_verbs;
mod rehearsal;
mod world;

mod api;
mod audit;
mod backups;
mod bucket;
mod callbacks;
mod catalogue;
mod claims;
mod connect;
mod connection_check;
mod contract;
mod control;
mod conversations;
mod deliveries;
mod disconnect;
mod doctor;
mod doubt;
mod edge;
mod env_file;
mod events;
mod explain;
mod golden;
mod http;
mod import;
mod injections;
mod keys;
mod legality;
mod life;
mod mirror;
mod model;
mod model_away;
mod model_budget;
mod model_lies;
mod model_prompt;
mod mutations;
mod openapi;
mod own_shops;
mod people;
mod polling;
mod privacy;
mod promotions;
mod replay;
mod restart;
mod roles;
mod rotation;
mod scene;
mod schedules;
mod sending;
mod settings;
mod shopper;
mod sign_in;
mod standing;
mod storm;
mod token;
mod tokens;
mod two_merchants;
mod webhooks;
mod wishes;
