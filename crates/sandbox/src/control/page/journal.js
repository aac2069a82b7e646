// The journal as time lines: one per message of a shopper, and one per change of the shop. A line grows downwards and
// nothing above it moves; a new one starts at the top of the view if its reader was at the end.

import { atEnd, byId, clock, count, el, say, took } from './dom.js';
import { particulars, proofs } from './claims.js';
import { describe, walkOf } from './words.js';

const MOST_STORIES = 200;
const MOST_STEPS = 800;
/** A second bubble this soon belongs to the same line: it is answered with the first. */
const SAME_BREATH = 3_000;
/** Kinds that are also said aloud, to those who listen. */
const ALOUD = ['turn.gate', 'turn.failed', 'turn.skipped', 'outbox.sent_back', 'outbox.refused'];

const scroller = byId('journal-scroll');
const place = byId('stories');
const newer = byId('journal-newer');
const sums = { sent: 0, unproved: 0, stopped: 0, ack: null, replies: 0 };
const lines = { talk: null, shop: null, start: null };
let filter = 'talk';
let awaited = false;

/** Wires filter and pill; called once. */
export function start() {
  byId('filter').addEventListener('change', (event) => {
    filter = event.target.value;
    inPlace(() => {
      byId('journal').dataset.filter = filter;
      for (const story of place.children) story.classList.toggle('unseen', !shows(story));
      showEmpty();
    });
  });
  byId('journal').dataset.filter = filter;
  newer.addEventListener('click', () => { scroller.scrollTop = scroller.scrollHeight; });
  const look = () => { if (atEnd(scroller)) newer.hidden = true; };
  scroller.addEventListener('scroll', look, { passive: true });
  new ResizeObserver(() => place.lastElementChild && makeRoom(place.lastElementChild)).observe(scroller);
}

/** The person sent something here: its line is shown when it opens, wherever they read before. */
export function expect() {
  awaited = true;
}

/** Adds entries, oldest first. `live` ones are moved to and said aloud; those of the past are only shown. */
export function add(entries, live) {
  const follows = withTheLatest();
  const height = scroller.scrollHeight;
  let opened = null;
  for (const entry of entries) {
    const story = storyOf(entry);
    if (story.entries === 0 && story.walk !== 'start') opened = story.node;
    append(story, entry, live);
    tally(story, entry);
  }
  while (place.childElementCount > MOST_STORIES) place.firstElementChild.remove();
  showEmpty();
  showSums();
  const last = shownLast();
  if (last) makeRoom(last);
  // A line that opens is shown from its top; of the past, the newest one is, unless the head of the list shows it too.
  const alone = last === place.querySelector('.story:not(.unseen)');
  const show = live ? (follows || awaited) && opened : !alone && last;
  if (show) scroller.scrollTop += show.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (opened) awaited = false;
  if (!live || scroller.scrollHeight > height) newer.hidden = atEnd(scroller);
}

/** Puts entries from before the first shown one in front, without moving what is read; whether any of them shows. */
export function addEarlier(entries) {
  const shown = [...place.children];
  const current = { ...lines };
  const { ack } = sums;
  let added = [];
  Object.assign(lines, { talk: null, shop: null, start: null });
  inPlace(() => {
    for (const entry of entries) {
      const story = storyOf(entry);
      append(story, entry, false);
      tally(story, entry);
    }
    added = [...place.children].filter((story) => !shown.includes(story));
    place.prepend(...added);
  });
  Object.assign(lines, current);
  sums.ack = ack ?? sums.ack;
  showEmpty();
  showSums();
  return added.some((story) => !story.classList.contains('unseen'));
}

/** Changes the lines while the one that is read stays where it is. */
function inPlace(change) {
  const top = () => scroller.getBoundingClientRect().top;
  const read = [...place.children].find((story) => story.getBoundingClientRect().bottom > top() + 8);
  const before = read?.getBoundingClientRect().top;
  change();
  if (read && !read.classList.contains('unseen')) scroller.scrollTop += read.getBoundingClientRect().top - before;
}

/** Whether any of the newest line is in view. */
function withTheLatest() {
  const last = shownLast();
  return !last || last.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom;
}

const shownLast = () => [...place.children].findLast((story) => !story.classList.contains('unseen'));

const shows = (story) => filter === 'all' || story.querySelector('li:not(.noise)') !== null;

function showEmpty() {
  const any = [...place.children].some((story) => !story.classList.contains('unseen'));
  byId('journal-empty').hidden = any;
  place.hidden = !any;
}

/** The last line gets the height of the view, so that it can start at the top and grow without moving. */
function makeRoom(last) {
  for (const story of place.querySelectorAll('[style]')) if (story !== last) story.style.minHeight = '';
  const alone = place.querySelectorAll('.story:not(.unseen)').length < 2;
  last.style.minHeight = alone ? '' : `${scroller.clientHeight - 24}px`;
}

function storyOf(entry) {
  const { data = {} } = entry;
  if (entry.kind === 'meta.message') {
    const open = lines.talk;
    const same = open && !open.leased && open.from === data?.from && entry.at - open.at < SAME_BREATH;
    if (!same) lines.talk = newStory('talk', entry, `“${data?.text ?? ''}”`, data?.from);
  } else if (entry.kind === 'meta.person' || entry.kind === 'meta.deleted') {
    lines.talk = newStory('talk', entry, data?.text ? `“${data.text}”` : entry.summary, data?.to ? `A person, to ${data.to}` : null);
  } else if (entry.kind === 'shopify.change' && entry.summary.endsWith('changed')) {
    lines.shop = newStory('shop', entry, `${data?.handle ?? data?.discount ?? 'A product'} changes`, 'in the shop');
  }
  const open = lines[walkOf(entry)] ?? lines.talk ?? lines.shop ?? lines.start;
  return open ?? (lines.start = newStory('start', entry, entry.seq === 1 ? 'Before the first message' : 'Going on from before', null));
}

function newStory(walk, entry, title, from) {
  const outcome = el('span');
  const line = el('ol', { class: 'line' });
  const node = el('section', { class: 'story unseen', dataset: { walk } },
    el('header', {},
      el('h3', {}, title),
      el('p', {}, [from, clock(entry.at, true)].filter(Boolean).join(' · '), outcome)),
    line);
  place.append(node);
  return { walk, node, line, outcome, at: entry.at, from, entries: 0, bubbles: 0, heard: 0, leased: false, answered: false, refused: [], kinds: new Set() };
}

function append(story, entry, live) {
  if (entry.kind === 'meta.message') {
    story.bubbles += 1;
    story.heard += 1;
  }
  const { head, soft, tone, noise: quiet } = describe(entry, story);
  // Stock of many variants is told one by one: the first of each kind stands for all, unless one went wrong.
  const noise = quiet || (story.walk === 'shop' && story.kinds.has(entry.kind) && tone !== 'stop');
  story.kinds.add(entry.kind);
  if (entry.kind === 'inbox.accepted') story.heard = 0;
  const chips = proofs(entry);
  const body = el('details', { ontoggle: openOnce },
    el('summary', {}, el('strong', {}, head), soft && el('span', { class: 'soft' }, soft)));
  const item = el('li', { class: [tone, noise && 'noise', live && 'fresh'].filter(Boolean).join(' ') },
    el('span', { class: 't' }, took(Math.max(0, entry.at - story.at))),
    el('i', { 'aria-hidden': 'true' }),
    el('div', {}, body, chips));
  story.line.append(item);
  if (story.line.childElementCount > MOST_STEPS) story.line.firstElementChild.remove();
  story.entries += 1;
  if (!noise || filter === 'all') story.node.classList.remove('unseen');
  if (live && ALOUD.includes(entry.kind)) say(byId('herald'), `${head}: ${soft}`);

  function openOnce() {
    if (body.open && body.childElementCount === 1) body.append(particulars(entry));
  }
}

/** Keeps the sums at the foot: what was claimed, what was stopped, how fast and how often it was answered. */
function tally(story, { kind, at, data }) {
  if (kind === 'inbox.accepted' && data?.source === 'messenger' && data.rows?.length && story.leased === false) {
    sums.ack = data.millis;
  } else if (kind === 'turn.leased') {
    Object.assign(story, { leased: true, answered: false, refused: [] });
  } else if (kind === 'turn.gate' || kind === 'outbox.sent_back') {
    const refused = data?.refused ?? [];
    sums.stopped += refused.length;
    story.refused = refused.map((claim) => claim.said);
  } else if (kind === 'outbox.sent') {
    const claims = data?.claims ?? [];
    sums.sent += claims.length;
    // What left without a row behind it, or in the very words that were refused last.
    sums.unproved += claims.filter((claim) => !(claim.version >= 0) || story.refused.includes(claim.said)).length;
    if (story.answered) return;
    story.answered = true;
    sums.replies += 1;
    say(story.outcome, ` · answered in ${took(at - story.at)}`);
  }
}

function showSums() {
  const unproved = byId('sum-false');
  say(unproved, String(sums.unproved));
  unproved.classList.toggle('bad', sums.unproved > 0);
  unproved.title = `Of ${count(sums.sent, 'claim')} sent, each with the row it rests on`;
  say(byId('sum-stopped'), String(sums.stopped));
  say(byId('sum-ack'), sums.ack === null ? '–' : took(sums.ack));
  say(byId('sum-replies'), String(sums.replies));
}
