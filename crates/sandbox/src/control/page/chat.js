// The conversation as the shopper sees it in Messenger: bubbles, cards, choices, and the field to write in. What is true
// is what the sandbox says the conversation is; only a message just written is shown before that.

import * as api from './api.js';
import { atEnd, byId, clock, coalesced, day, el, say, webAddress } from './dom.js';

const MARK_AFTER = 10 * 60_000;
const TYPING_SHOWS = 20_000;
/** Entries after which the conversation may read differently, and whose `data` name the shopper. */
const TOUCHES = ['meta.message', 'meta.send', 'meta.person', 'meta.deleted', 'meta.typing'];

const log = byId('log');
const welcome = byId('welcome');
const field = byId('say');
const newer = byId('chat-newer');

let who = 'Ana';
let pageName = 'The shop';
let messages = [];
let pending = [];
let typingSince = 0;
let typingTimer;
let drawn = new Map();
let loaded = false;
let onSend = () => {};

/** Wires the field, the ideas and the pill; `sends` is told before something is sent. Called once. */
export function start(sends) {
  onSend = sends;
  byId('say-form').addEventListener('submit', (event) => {
    event.preventDefault();
    send(field.value);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(field.value);
    }
  });
  byId('ideas').addEventListener('click', (event) => {
    const idea = event.target.closest('button');
    if (idea) send(idea.textContent);
  });
  newer.addEventListener('click', toEnd);
  log.addEventListener('scroll', () => { if (atEnd(log)) newer.hidden = true; }, { passive: true });
  new ResizeObserver(() => { if (newer.hidden) toEnd(); }).observe(log);
}

/** Shows the conversation of another shopper. */
export async function open(name) {
  who = name;
  [messages, pending, typingSince, drawn, loaded] = [[], [], 0, new Map(), false];
  log.setAttribute('aria-live', 'off');
  log.replaceChildren(welcome);
  for (const node of document.querySelectorAll('.shopper-name')) say(node, name);
  field.placeholder = `Write as ${name} would…`;
  await read();
  toEnd();
  // What was there before is not read out; what comes is.
  setTimeout(() => log.setAttribute('aria-live', 'polite'), 200);
}

/** Names the Page as its messages do. */
export function namePage(name) {
  pageName = name;
}

/** Looks again when an entry says that the conversation moved. */
export function hear(entry) {
  if (!TOUCHES.includes(entry.kind)) return;
  const { to, from, action } = entry.data ?? {};
  if ((to ?? from ?? who) !== who) return;
  if (action === 'mark_seen') return;
  if (action) typing(action === 'typing_on' ? entry.at : 0);
  else readSoon();
}

/** Puts words into the field for the person to send. */
export function compose(text) {
  field.value = text;
  field.focus();
}

async function read() {
  const asked = who;
  const answer = await api.messages(asked);
  if (asked !== who) return;
  messages = answer.messages ?? [];
  pending = pending.filter((one) => !messages.some((message) => message.mid === one.mid));
  if (answer.typing !== undefined) typing(answer.typing ? typingSince || Date.now() : 0);
  draw();
  loaded = true;
}

const readSoon = coalesced(() => read().catch(() => {}));

function typing(since) {
  const shows = since && Date.now() - since < TYPING_SHOWS ? since : 0;
  clearTimeout(typingTimer);
  if (shows) typingTimer = setTimeout(() => typing(0), TYPING_SHOWS);
  if (Boolean(shows) === Boolean(typingSince)) return;
  typingSince = shows;
  draw();
}

async function send(text) {
  if (!text.trim()) return;
  const own = { from: 'shopper', text: text.trim(), at: Date.now(), mid: null, failed: null };
  pending.push(own);
  field.value = '';
  draw();
  toEnd();
  await deliver(own);
}

async function deliver(own) {
  own.failed = null;
  onSend();
  draw();
  try {
    own.mid = (await api.write(who, own.text)).mid;
    readSoon();
  } catch (error) {
    own.failed = error.message;
  }
  draw();
}

async function tap(button, payload, title) {
  button.disabled = true;
  onSend();
  try {
    await api.tap(who, payload, title);
    readSoon();
  } catch (error) {
    button.after(el('p', { class: 'undelivered', role: 'alert' }, error.message));
  }
  button.disabled = false;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  newer.hidden = true;
}

/** Brings the log in line with the messages, leaving untouched what has not changed, and the reader where they are. */
function draw() {
  const follows = atEnd(log);
  const before = log.childElementCount;
  const wanted = [];
  const all = [...messages, ...pending];
  all.forEach((message, index) => {
    const previous = all[index - 1];
    if (!previous || message.at - previous.at > MARK_AFTER) wanted.push(kept(`at ${message.at}`, '', () => mark(message.at)));
    const last = index === all.length - 1;
    const turned = previous?.from !== message.from;
    const key = message.mid ?? `own ${message.at}`;
    wanted.push(kept(key, JSON.stringify([message, last, turned]), () => messageNode(message, { last, turned })));
  });
  if (typingSince) wanted.push(kept('typing', '', typingNode));
  if (all.length === 0) wanted.push(welcome);
  wanted.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null);
  });
  while (log.childElementCount > wanted.length) log.lastElementChild.remove();
  if (follows) toEnd();
  else if (log.childElementCount > before) newer.hidden = false;
}

function kept(key, signature, make) {
  const known = drawn.get(key);
  if (known?.signature === signature) return known.node;
  const node = make();
  if (loaded && !known) node.classList.add('fresh');
  drawn.set(key, { signature, node });
  return node;
}

const mark = (at) => el('time', { class: 'when', dateTime: new Date(at).toISOString() }, day(at));

function typingNode() {
  return el('div', { class: 'msg turned' },
    el('span', { class: 'vh' }, `${pageName} is writing`),
    el('span', { class: 'typing', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')));
}

function messageNode(message, { last, turned }) {
  const own = message.from === 'shopper';
  const state = [own && 'me', turned && 'turned', message.deleted && 'gone', own && !message.mid && 'pending'];
  const cards = message.cards ?? [];
  const choices = last ? message.quick_replies ?? [] : [];
  return el('div', { class: ['msg', ...state].filter(Boolean).join(' '), title: clock(message.at, true) },
    el('span', { class: 'vh' }, own ? `${who}:` : `${pageName}:`),
    message.by === 'person' && el('span', { class: 'by' }, `A person at ${pageName}`),
    message.deleted && el('p', { class: 'bubble' }, 'This message was taken back'),
    message.text && el('p', { class: 'bubble' }, message.text),
    message.buttons?.length > 0 && el('div', { class: 'buttons' }, message.buttons.map(buttonNode)),
    cards.length > 0 && deck(cards),
    choices.length > 0 && el('div', { class: 'choices', role: 'group', 'aria-label': 'Quick replies' },
      choices.map(({ title, payload }) => {
        const button = el('button', { type: 'button' }, title);
        button.addEventListener('click', () => tap(button, payload, title));
        return button;
      })),
    message.failed && el('p', { class: 'undelivered', role: 'alert' }, `Not delivered. ${message.failed}`,
      el('button', { type: 'button', class: 'plain', onclick: () => deliver(message) }, 'Try again')));
}

function deck(cards) {
  const row = el('div', { class: 'cards', role: 'list', 'aria-label': `${cards.length} products` }, cards.map(cardNode));
  const by = (step) => () => row.scrollBy({ left: step * 224 });
  const back = el('button', { type: 'button', class: 'slide back', 'aria-label': 'Products before', onclick: by(-1), hidden: true }, '‹');
  const on = el('button', { type: 'button', class: 'slide on', 'aria-label': 'More products', onclick: by(1), hidden: true }, '›');
  const fit = () => {
    back.hidden = row.scrollLeft < 8;
    on.hidden = row.scrollLeft + row.clientWidth > row.scrollWidth - 8;
  };
  row.addEventListener('scroll', fit, { passive: true });
  new ResizeObserver(fit).observe(row);
  return el('div', { class: 'deck' }, row, back, on);
}

function cardNode(card) {
  const link = webAddress(card.url);
  return el('article', { class: 'card', role: 'listitem' },
    picture(card),
    el('div', { class: 'about' },
      el('h3', {}, link ? el('a', { href: link, target: '_blank', rel: 'noopener' }, card.title) : card.title),
      card.subtitle && el('p', {}, priceFirst(card.subtitle))),
    (card.buttons ?? []).map(buttonNode));
}

/** The figure that counts in the foreground: what stands before the first ` · ` or comma. */
function priceFirst(subtitle) {
  const [price, ...rest] = subtitle.split(/(?=,? · |, )/);
  return /\d/.test(price) ? [el('b', {}, price), rest.join('')] : [subtitle];
}

function picture(card) {
  const frame = el('div', { class: 'pic' });
  const src = webAddress(card.image_url);
  const letter = () => frame.replaceChildren(el('span', { 'aria-hidden': 'true' }, [...card.title][0] ?? ''));
  if (src) frame.append(el('img', { src, alt: '', decoding: 'async', onerror: letter }));
  else letter();
  return frame;
}

function buttonNode(button) {
  const link = webAddress(button.url);
  if (button.type === 'postback') {
    const node = el('button', { type: 'button', class: 'does' }, button.title);
    node.addEventListener('click', () => tap(node, button.payload, button.title));
    return node;
  }
  if (!link) return null;
  return el('a', { class: 'does', href: link, target: '_blank', rel: 'noopener' }, button.title, el('span', { class: 'vh' }, ' (opens a new tab)'));
}
