// The shop's side: goods whose price, stock and status one can change, and a person who answers in the shop's name.

import * as api from './api.js';
import { byId, coalesced, count, el, say } from './dom.js';

/** Rows drawn at a time: ten thousand products are searched in memory, never all drawn. */
const SLICE = 50;
const STATUSES = ['ACTIVE', 'UNLISTED', 'DRAFT', 'ARCHIVED'];

const list = byId('products');
const search = byId('search');

let goods = [];
let names = [];
let shown = SLICE;
let stale = true;
let visible = false;
let currency = null;
let format = null;
let shopper = () => 'Ana';
let ask = () => {};

/** Wires the forms; `whom` says who the shopper is, `askAgain` puts a question into the chat. Called once. */
export function start({ whom, askAgain }) {
  shopper = whom;
  ask = askAgain;
  search.addEventListener('input', () => { shown = SLICE; draw(); });
  byId('more-products').addEventListener('click', () => { shown += SLICE; draw(); });
  byId('person-form').addEventListener('submit', answer);
}

/** The currency prices are in. */
export function priceIn(code) {
  if (code === currency) return;
  currency = code;
  try {
    format = new Intl.NumberFormat('en', { style: 'currency', currency });
  } catch {
    format = null;
  }
}

/** The tab was opened or left. */
export function show(now) {
  visible = now;
  if (visible && stale) readSoon();
}

/** Reads the goods again when an entry says that they changed. */
export function hear(entry) {
  if (entry.kind !== 'shopify.change') return;
  stale = true;
  if (visible) readSoon();
}

const readSoon = coalesced(async () => {
  stale = false;
  try {
    goods = await api.products();
    names = goods.map((product) => fold(`${product.title} ${product.handle}`));
    draw();
  } catch (error) {
    stale = true;
    say(byId('shelf-count'), `The products could not be read. ${error.message}`);
  }
});

async function answer(event) {
  event.preventDefault();
  const field = byId('person-text');
  if (!field.value.trim()) return;
  const name = shopper();
  try {
    await api.answerAsPerson(name, field.value.trim());
    field.value = '';
    report(byId('person-said'), true, `${name} has it. Shopclerk leaves this conversation to you for now.`);
  } catch (error) {
    const cure = error.status === 404 ? `${name} has to write first.` : error.message;
    report(byId('person-said'), false, cure);
  }
}

function report(node, done, text) {
  node.classList.toggle('done', done);
  node.classList.toggle('wrong', !done);
  say(node, text);
}

function draw() {
  const words = fold(search.value).split(/\s+/).filter(Boolean);
  const found = goods.filter((_, index) => words.every((word) => names[index].includes(word)));
  const rows = found.slice(0, shown);
  // A row that is being edited stays as it is; the others are brought in line.
  const open = new Map([...list.querySelectorAll('details[open]')].map((node) => [node.dataset.handle, node.closest('li')]));
  list.replaceChildren(...rows.map((product) => refreshed(open.get(product.handle), product) ?? row(product)));
  const all = count(goods.length, 'product');
  say(byId('shelf-count'), words.length ? `${found.length.toLocaleString('en')} of ${all}` : all);
  const left = found.length - rows.length;
  byId('more-products').hidden = left <= 0;
  say(byId('more-products'), `Show ${Math.min(SLICE, left)} more of ${left.toLocaleString('en')}`);
}

const fold = (text) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

function refreshed(item, product) {
  item?.querySelector('summary').replaceWith(headline(product));
  return item;
}

function row(product) {
  const details = el('details', { name: 'product', dataset: { handle: product.handle } }, headline(product));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(editor(product));
  });
  return el('li', {}, details);
}

function headline(product) {
  const status = String(product.status).toUpperCase();
  const pieces = stock(product);
  return el('summary', {},
    el('span', {}, el('span', { class: 'name' }, product.title),
      status !== 'ACTIVE' && el('span', { class: 'state' }, status.toLowerCase())),
    el('span', { class: 'price figure' }, priceSpan(product)),
    el('span', { class: `stock figure${pieces > 0 ? '' : ' out'}` }, pieces > 0 ? `${pieces.toLocaleString('en')} in stock` : 'none in stock'));
}

const stock = (product) => product.variants.reduce((sum, variant) => sum + (variant.inventory ?? 0), 0);

const money = (amount) => (format ? format.format(amount) : amount);

function priceSpan(product) {
  const prices = product.variants.map((variant) => variant.price).sort((a, b) => a - b);
  if (prices.length === 0) return money(product.price);
  const [least, most] = [prices[0], prices.at(-1)];
  return least === most ? money(least) : `${money(least)} – ${money(most)}`;
}

function editor(product) {
  const price = el('input', { inputMode: 'decimal', value: product.price ?? '', autocomplete: 'off' });
  const inventory = el('input', { inputMode: 'numeric', value: String(product.variants[0]?.inventory ?? ''), autocomplete: 'off' });
  const status = el('select', {}, STATUSES.map((one) => el('option', { value: one }, one.toLowerCase())));
  status.value = String(product.status).toUpperCase();
  const result = el('p', { class: 'result', role: 'status' });
  const many = product.variants.length;
  const first = { price: price.value, inventory: inventory.value, status: status.value };

  const save = async (event) => {
    event.preventDefault();
    const change = {};
    if (price.value.trim() !== first.price) change.price = price.value.trim();
    if (inventory.value.trim() !== first.inventory) change.inventory = wholeNumber(inventory.value);
    if (status.value !== first.status) change.status = status.value;
    if (Object.keys(change).length === 0) return report(result, false, 'Nothing is different yet.');
    try {
      await api.changeProduct(product.handle, change);
      Object.assign(first, { price: price.value.trim(), inventory: inventory.value.trim(), status: status.value });
      report(result, true, 'Saved, and Shopify tells us. ');
      const question = change.status ? `do you have the ${product.title}?` : `how much is the ${product.title}?`;
      result.append(el('button', { type: 'button', class: 'plain', onclick: () => ask(question) }, 'Ask again'));
    } catch (error) {
      report(result, false, error.message);
    }
  };
  return el('form', { class: 'editor', onsubmit: save },
    el('label', {}, currency ? `Price, ${currency}` : 'Price', price),
    el('label', {}, many > 1 ? 'In stock, each' : 'In stock', inventory),
    el('label', {}, 'Status', status),
    el('button', { type: 'submit', class: 'button' }, 'Save'),
    many > 1 && el('p', { class: 'note' }, `All ${many} variants get what you write here.`),
    result);
}

/** A whole number as a number; anything else as it was written, for the sandbox to say what is wrong with it. */
const wholeNumber = (text) => (/^\s*-?\d{1,9}\s*$/.test(text) ? Number(text) : text);
