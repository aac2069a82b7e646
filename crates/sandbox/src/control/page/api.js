// The sandbox's control API as this page uses it: calls with their errors in plain words, and the journal as it grows.

const PATIENCE = 10_000;
const PAGE = 500;

/** A call that was answered with an error (`status`, `code`), or not answered at all (`offline`). */
export class CallFailed extends Error {
  constructor(message, { status = 0, code = '' } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.offline = status === 0;
  }
}

async function call(path, method = 'GET', body = undefined) {
  const options = { method, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    options.headers = { 'content-type': 'application/json' };
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new CallFailed('The sandbox did not answer. Is it still running?');
  }
  const text = await answer.text();
  let said = {};
  try {
    said = text ? JSON.parse(text) : {};
  } catch {
    throw new CallFailed('The sandbox answered something that is not JSON.', { status: answer.status || 1 });
  }
  if (answer.ok) return said;
  const error = said.error ?? {};
  throw new CallFailed(error.message ?? `The sandbox answered ${answer.status}.`, { status: answer.status, code: error.code });
}

const shopper = (name) => `shoppers/${encodeURIComponent(name)}`;

export const state = () => call('state');
export const write = (name, text) => call(`${shopper(name)}/messages`, 'POST', { text });
export const tap = (name, payload, title) => call(`${shopper(name)}/taps`, 'POST', { payload, title });
export const answerAsPerson = (to, text) => call('people/replies', 'POST', { to, text });
export const products = async () => (await call('products')).products ?? [];
export const changeProduct = (handle, change) => call(`products/${encodeURIComponent(handle)}`, 'PATCH', change);

export const setModel = (mode, seed) => call('model', 'PUT', { mode, seed });

/** The conversation of a shopper; empty before their first message. */
export async function messages(name) {
  try {
    return await call(`${shopper(name)}/messages`);
  } catch (error) {
    if (error.status === 404) return { messages: [] };
    throw error;
  }
}

/** Journal entries `first..=last`, whatever the server's page size. */
export async function entriesBetween(first, last) {
  const found = [];
  let after = first - 1;
  while (after < last) {
    const { entries = [] } = await call(`journal?after=${after}`);
    if (entries.length === 0) break;
    found.push(...entries.filter((entry) => entry.seq <= last));
    after = entries.at(-1).seq;
  }
  return found;
}

/**
 * Hands on each entry after number `after`, in order and once: by server-sent events, by asking every two seconds where
 * those do not come through. `onLink` hears `true` and `false` as the sandbox is reached and lost.
 */
export function follow(after, onEntries, onLink) {
  let last = after;
  let pause = 1000;
  let batch = [];

  const hand = () => {
    const entries = batch;
    batch = [];
    if (entries.length) onEntries(entries);
  };
  const take = (entry) => {
    if (!(entry?.seq > last)) return;
    last = entry.seq;
    if (batch.push(entry) === 1) setTimeout(hand, 40);
  };

  const listen = () => {
    const stream = new EventSource(`journal/live?after=${last}`);
    stream.onopen = () => {
      pause = 1000;
      onLink(true);
    };
    stream.onmessage = (event) => take(JSON.parse(event.data));
    stream.onerror = () => {
      stream.close();
      ask();
    };
  };
  const ask = async () => {
    try {
      for (let more = true; more; ) {
        const { entries = [] } = await call(`journal?after=${last}`);
        entries.forEach(take);
        more = entries.length >= PAGE;
      }
      onLink(true);
      pause = 2000;
    } catch {
      onLink(false);
      pause = Math.min(pause * 1.5, 5000);
    }
    setTimeout(listen, pause);
  };

  listen();
}
