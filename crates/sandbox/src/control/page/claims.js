// The proof: what was said as chips, gathered by the row they rest on; and the particulars of an entry as plain pairs.

import { clock, count, el, span } from './dom.js';

const SHOWN = 12;
const DEEPEST = 5;
const MOST_ITEMS = 40;

/** The chips of an entry that carries claims, or null. */
export function proofs(entry) {
  const { claims = [], refused = [] } = entry.data ?? {};
  if (entry.kind === 'outbox.sent') {
    return claims.length ? el('div', { class: 'proofs' }, again(claims)) : null;
  }
  if (entry.kind === 'turn.recorded' && entry.data) return el('div', { class: 'proofs' }, record(entry.data));
  if (!claims.length && !refused.length) return null;
  const rows = byRow(claims);
  const lines = rows.slice(0, SHOWN).map((row) => rowLine(row, entry.at));
  if (rows.length > SHOWN) lines.push(el('span', { class: 'row-of' }, `and ${count(rows.length - SHOWN, 'more row')}`));
  return el('div', { class: 'proofs' }, refused.slice(0, MOST_ITEMS).map(stopped), shared(claims), lines);
}

/** The row a claim rests on: of a product or of a discount. */
const rowOf = ({ product, discount }) => (product === undefined ? `discount …${String(discount).slice(-4)}` : product);

function again(claims) {
  const rows = new Set(claims.map(rowOf)).size;
  return el('div', { class: 'proof' },
    el('span', { class: 'claim' }, `${count(claims.length, 'claim')} checked again in ${count(rows, 'row')}`));
}

/** Where the record stands, and how it is shown whole in a terminal. */
function record({ turn, link }) {
  return el('div', { class: 'proof' },
    el('span', { class: 'claim', title: link }, `link ${String(link).slice(0, 12)}…`),
    el('code', { class: 'row-of' }, `shopclerk explain ${turn}`));
}

function stopped({ said, why }) {
  return el('div', { class: 'proof' },
    el('span', { class: 'claim no' }, el('s', {}, said)),
    el('span', { class: 'row-of' }, why));
}

/** What one sentence says of several products, such as "all under $40": once, with how many rows hold it. */
function shared(claims) {
  const limits = new Map();
  for (const claim of claims.filter(isLimit)) {
    limits.set(words(claim), (limits.get(words(claim)) ?? new Set()).add(claim.product));
  }
  return [...limits].map(([limit, products]) => el('div', { class: 'proof' },
    el('span', { class: 'claim' }, limit),
    el('span', { class: 'row-of' }, `true of ${count(products.size, 'product')}`)));
}

const isLimit = ({ fact }) => fact === 'price_at_most' || fact === 'price_at_least';

function byRow(claims) {
  const rows = new Map();
  for (const claim of claims) {
    const key = `${rowOf(claim)}@${claim.version}`;
    if (!rows.has(key)) rows.set(key, { row: rowOf(claim), version: claim.version, readAt: claim.read_at, name: null, said: [] });
    const row = rows.get(key);
    row.readAt = Math.min(row.readAt, claim.read_at);
    if (claim.fact === 'name') row.name ??= claim.said;
    else if (!isLimit(claim) && !row.said.includes(words(claim))) row.said.push(words(claim));
  }
  return [...rows.values()].filter((row) => row.name || row.said.length);
}

/** The words of a claim, made whole where they are a mere figure of their sentence, or an address. */
function words({ fact, said }) {
  const lead = { price_at_most: 'at most', price_at_least: 'at least', price_from: 'from', reduced_from: 'was' }[fact];
  if (fact === 'link') return 'link';
  if (fact === 'covered') return 'has that discount';
  return lead && /^\W*\d/.test(said) ? `${lead} ${said}` : said;
}

function rowLine(row, at) {
  const name = row.name ?? (row.row.startsWith('discount') ? row.row : `product …${row.row.slice(-4)}`);
  const age = row.readAt ? `, read ${span(at - row.readAt)} earlier` : '';
  return el('div', { class: 'proof' },
    (row.said.length ? row.said : ['its name']).map((said) => el('span', { class: 'claim' }, said)),
    el('span', { class: 'row-of' }, el('b', {}, name), ` · row v${row.version}${age}`));
}

/** All that an entry holds, for people: pairs of words, nested where the data are. */
export function particulars(entry) {
  const empty = entry.data === null || entry.data === undefined || Object.keys(entry.data).length === 0;
  return el('div', { class: 'particulars' },
    empty ? null : pairs(entry.data, 0),
    el('p', { class: 'stamp' }, `${entry.kind} · entry ${entry.seq} · ${clock(entry.at, true)}`));
}

function pairs(data, depth) {
  if (depth > DEEPEST) return '…';
  const fields = Object.entries(data);
  const shown = fields.slice(0, MOST_ITEMS).flatMap(([key, value]) => [
    el('dt', {}, Array.isArray(data) ? `${Number(key) + 1}.` : key.replaceAll('_', ' ')),
    el('dd', {}, readable(key, value, depth)),
  ]);
  const rest = fields.length - MOST_ITEMS;
  if (rest > 0) shown.push(el('dt', {}, '…'), el('dd', {}, `${rest} more`));
  return el('dl', {}, shown);
}

function readable(key, value, depth) {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return figure(key, value);
  if (typeof value === 'string') return value.length > 2000 ? `${value.slice(0, 2000)}…` : value;
  const items = Object.values(value);
  if (items.length === 0) return '–';
  if (Array.isArray(value) && items.every((item) => typeof item !== 'object')) return items.slice(0, MOST_ITEMS).join(', ');
  return pairs(value, depth + 1);
}

function figure(key, value) {
  if (/(^|_)at$/.test(key) && value > 1e12) return clock(value, true);
  if (/(^|_)(millis|ms)$/.test(key)) return `${Math.round(value * 10) / 10} ms`;
  return value.toLocaleString('en', { maximumFractionDigits: 3, useGrouping: Math.abs(value) < 1e9 });
}
