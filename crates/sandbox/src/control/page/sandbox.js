// The page: opens the shop's head, the conversation and the journal, keeps them in step with what happens, and switches
// between views. The parts draw themselves; this file only connects them.

import * as api from './api.js';
import * as chat from './chat.js';
import * as journal from './journal.js';
import * as model from './model.js';
import * as shop from './shop.js';
import { byId, coalesced, count, say, span } from './dom.js';

/** How much of the journal is shown at first, and by which each step back goes on. */
const STRETCH = 400;
const STEP_AGAIN = 1500;
const NEWCOMER = '\u0000new';
const REMEMBERED = 'shopclerk.sandbox.shopper';

const body = document.body;
const wide = matchMedia('(min-width: 860px)');
const tabs = [...document.querySelectorAll('[role="tab"]')];

let who = 'Ana';
let known = [];
let oldest = 1;
let newest = 0;
let syncedAt = 0;

start();

async function start() {
  chat.start(journal.expect);
  journal.start();
  model.start();
  shop.start({
    whom: () => who,
    askAgain: (question) => {
      if (!wide.matches) view('chat');
      chat.compose(question);
    },
  });
  startTabs();
  startShoppers();
  byId('earlier').addEventListener('click', earlier);
  setInterval(showAge, 1000);
  await opened();
  body.dataset.state = 'ready';
  if (wide.matches) byId('say').focus({ preventScroll: true });
  api.follow(newest, hear, link);
}

/** Reads everything for the first time; a sandbox that is not there yet is waited for. */
async function opened() {
  for (;;) {
    try {
      const now = await api.state();
      newest = now.totals?.journal ?? 0;
      oldest = Math.max(1, newest - STRETCH + 1);
      who = remembered() ?? now.shopper ?? who;
      head(now);
      const [entries] = await Promise.all([api.entriesBetween(oldest, newest), chat.open(who)]);
      entries.forEach(notice);
      journal.add(entries, false);
      byId('earlier').hidden = oldest <= 1;
      return link(true);
    } catch (error) {
      if (!(error instanceof api.CallFailed)) throw error;
      link(false);
      await new Promise((again) => setTimeout(again, 2000));
    }
  }
}

function hear(entries) {
  newest = entries.at(-1).seq;
  for (const entry of entries) {
    notice(entry);
    chat.hear(entry);
    shop.hear(entry);
    if (/^(catalogue|connect|shopify\.change|meta\.(dialog|subscribe)|model\.mode)/.test(entry.kind)) headSoon();
    if (entry.kind === 'meta.message') meet(entry.data?.from);
  }
  journal.add(entries, true);
}

/** The rows were in step with the shop at the end of a pass, and whenever a changed one was read again. */
function notice(entry) {
  if (entry.kind === 'catalogue.synced' || entry.kind === 'catalogue.changed') syncedAt = Math.max(syncedAt, entry.at);
}

/** Goes back a stretch, or further where a stretch holds nothing that the filter shows. */
async function earlier() {
  try {
    for (let steps = 0, found = false; !found && oldest > 1 && steps < 10; steps += 1) {
      const first = Math.max(1, oldest - STRETCH);
      found = journal.addEarlier(await api.entriesBetween(first, oldest - 1));
      oldest = first;
    }
    byId('earlier').hidden = oldest <= 1;
  } catch {
    // Offline is said at the top already; the button stays for another try.
  }
}

/* The head */

const headSoon = coalesced(async () => {
  // What is heard while the answer is on its way may be newer than the answer.
  const heard = newest;
  try {
    const now = await api.state();
    // Another sandbox answers here, with a journal of its own: nothing shown is true of it.
    if (now.totals?.journal < heard) return location.reload();
    head(now);
  } catch {
    // The link says so itself.
  }
}, 400);

function head(now) {
  const name = now.page?.name ?? now.shop?.name ?? 'The shop';
  document.title = `${now.shop?.name ?? 'Shopclerk'} · Shopclerk sandbox`;
  say(byId('shop-name'), now.shop?.name ?? 'No shop yet');
  say(byId('shop-count'), count(now.shop?.products ?? 0, 'product'));
  byId('shop-count').hidden = now.shop?.products === undefined;
  say(byId('page-name'), name);
  say(byId('page-face'), [...name][0] ?? '');
  chat.namePage(name);
  shop.priceIn(now.shop?.currency);
  if (now.model) model.show(now.model);
  if (now.synced_at > syncedAt) syncedAt = now.synced_at;
  showAge();
  showNextStep(now.steps ?? []);
  const app = byId('app-link');
  app.hidden = !now.app_url;
  if (now.app_url) app.href = new URL('/app', now.app_url).href;
  (now.shoppers ?? []).forEach(meet);
  meet(who);
}

function showAge() {
  const age = byId('shop-age');
  age.hidden = syncedAt === 0;
  if (syncedAt && !document.hidden) say(age, `in step ${span(Date.now() - syncedAt)} ago`);
}

/** The connects that are left to the person, one at a time. */
function showNextStep(steps) {
  const left = steps.filter((step) => !step.done);
  byId('next-step').hidden = left.length === 0;
  if (left.length === 0) return;
  // What is done elsewhere, in another tab, is no entry of the journal: looked at again until nothing is left.
  setTimeout(headSoon, STEP_AGAIN);
  const of = steps.length > 1 ? `Step ${steps.indexOf(left[0]) + 1} of ${steps.length}. ` : '';
  say(byId('next-step-text'), `${of}The shop is not answering yet: connecting is left to you.`);
  const go = byId('next-step-go');
  say(go, left[0].title);
  go.href = left[0].url;
}

function link(there) {
  byId('offline').hidden = there;
  body.dataset.link = there ? 'there' : 'lost';
  if (there && body.dataset.state === 'ready') headSoon();
}

/* Views */

function startTabs() {
  for (const tab of tabs) {
    tab.addEventListener('click', () => view(tab.dataset.view));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const row = tabs.filter((one) => one.offsetParent !== null);
      const next = row[(row.indexOf(tab) + step + row.length) % row.length];
      view(next.dataset.view);
      next.focus();
    });
  }
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    view('chat');
    byId('say').focus();
  });
  wide.addEventListener('change', () => view(body.dataset.view));
  view(body.dataset.view);
}

/** Shows one view; where there is room the chat stays beside it, and the journal takes its place. */
function view(name) {
  const shownAs = wide.matches && name === 'chat' ? 'journal' : name;
  body.dataset.view = shownAs;
  for (const tab of tabs) {
    const chosen = tab.dataset.view === shownAs;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  shop.show(shownAs === 'shop');
}

/* Shoppers */

function startShoppers() {
  const picker = byId('shopper');
  const dialog = byId('newcomer');
  const field = byId('newcomer-name');
  picker.addEventListener('change', () => {
    if (picker.value !== NEWCOMER) return become(picker.value);
    picker.value = who;
    byId('newcomer-wrong').hidden = true;
    field.value = '';
    dialog.showModal();
    field.focus();
  });
  byId('newcomer-cancel').addEventListener('click', () => dialog.close());
  byId('newcomer-form').addEventListener('submit', (event) => {
    const name = field.value.trim();
    if (name && name !== NEWCOMER) return become(name);
    event.preventDefault();
    say(byId('newcomer-wrong'), 'Write a name, please.');
    byId('newcomer-wrong').hidden = false;
  });
}

function become(name) {
  who = name;
  meet(name);
  try {
    localStorage.setItem(REMEMBERED, name);
  } catch {
    // A browser that keeps nothing starts with the first shopper next time.
  }
  chat.open(name).catch(() => link(false));
  byId('say').focus();
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** Puts a shopper into the picker, once; the page writes as one of them. */
function meet(name) {
  if (!name) return;
  if (!known.includes(name)) {
    known = [...known, name].slice(-200);
    const options = known.map((one) => new Option(one, one));
    byId('shopper').replaceChildren(...options, new Option('Someone new…', NEWCOMER));
  }
  byId('shopper').value = who;
}
