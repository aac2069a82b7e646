// What each kind of journal entry is called here, how it is marked, and whether it belongs to the conversation. A kind
// that is not named shows its own summary among everything else.

import { count, took } from './dom.js';

/** The part of a summary after `lead`, which the headline says already. */
const after = (summary, lead) => (summary.startsWith(lead) ? summary.slice(lead.length) : summary);

const brief = (text, most = 48) => (text.length > most ? `${text.slice(0, most - 4).replace(/[\s.,:;]+$/, '')}…` : text);

/** Why the rules answer although there is a model. */
const STOPS = {
  unprovable: 'twice the model said what no row holds, so they say what is true',
  slow: 'the model took too long',
  malformed: 'the model’s answer cannot be read',
  refused: 'the model refused',
  declined: 'the model would not answer this',
  unavailable: 'the model is not there',
  resting: 'the model is left alone for now',
  budget_spent: 'the budget for the model is spent',
  no_tools: 'the model takes no tools',
};

const TOOLS = {
  search_catalogue: 'Searched the catalogue',
  show_product: 'Looked the product up',
  list_promotions: 'Looked for promotions',
  build_cart: 'Built a cart link',
  order_status: 'Looked the order up',
  hand_over: 'Called a person',
};

/**
 * Kind -> (entry, story) -> `{ head, soft, tone, noise }`. `tone` is `true`, `stop`, `wait` or `aside`; `noise` keeps it
 * out of the conversation.
 */
const KINDS = {
  'meta.message': ({ data }, story) => ({
    head: story.bubbles > 1 ? `${data.from} writes again` : `${data.from} presses Send`,
    soft: story.bubbles > 1 ? `“${brief(data.text)}”` : 'Messenger delivers it to our webhook, signed',
  }),
  'meta.person': ({ data }) => ({ head: 'A person of the shop answers', soft: 'Messenger tells us by an echo that is not ours' }),
  'meta.deleted': () => ({ head: 'The message is taken back', soft: 'its text is erased here too' }),
  'meta.typing': ({ data }) => ({
    head: data.action === 'typing_on' ? `${data.to} sees that we are writing` : 'Typing ends',
    soft: '',
    tone: 'aside',
    noise: data.action !== 'typing_on',
  }),
  'meta.send': ({ data, summary }) =>
    data.accepted === true
      ? { head: 'Messenger took it', soft: summary, noise: true }
      : { head: 'Messenger refused the send', soft: after(summary, 'Meta refused: '), tone: 'stop' },
  'meta.webhook': ({ data, summary }) => {
    const echo = summary.startsWith('Echo');
    if (!(data.status >= 200 && data.status < 300)) {
      return { head: echo ? 'The echo was not taken' : 'The delivery was not taken', soft: summary, tone: 'stop' };
    }
    return echo
      ? { head: 'Echo came back', soft: 'so we know that it is there', tone: 'true' }
      : { head: 'Answered 200', soft: `${data.ms} ms, as Messenger measures it`, tone: 'aside', noise: true };
  },
  'meta.untold': ({ summary }) => ({ head: 'Nobody is told', soft: summary, tone: 'wait' }),
  'inbox.accepted': ({ data, summary }, story) => {
    const fresh = (data.rows?.length ?? 0) + (data.hints ?? 0);
    const rows = data.rows?.length ? `row ${data.rows.join(', ')} · ` : '';
    return {
      head: fresh ? 'On disk, acknowledged' : 'Acknowledged',
      soft: fresh ? `signature holds · ${rows}durable in ${took(data.millis)}` : summary,
      noise: data.source === 'messenger' && story.heard === 0,
    };
  },
  'turn.leased': ({ data }) => ({
    head: 'Turn leased',
    soft: `${count(data.messages, 'message')} to answer · quiet for ${took(data.waited_millis)}`,
  }),
  'turn.understood': ({ summary }) => ({ head: 'Understood', soft: after(summary, 'Understood: ') }),
  'turn.tool': ({ data, summary }) => ({ head: TOOLS[data.tool] ?? `Used ${data.tool}`, soft: summary }),
  'turn.model': ({ data, summary }) =>
    data.calls?.length
      ? { head: 'The model looks', soft: summary.replace('the model asks for ', ''), noise: true }
      : { head: 'The model drafts', soft: `“${brief(data.text ?? '', 160)}”` },
  'turn.rules': ({ data }) => ({
    head: 'The rules answer',
    soft: STOPS[data.code] ?? data.code,
    noise: data.code === 'resting' || data.code === 'unavailable',
  }),
  'model.mode': ({ summary }) => ({ head: 'The model is told what to do', soft: after(summary, 'The model is '), tone: 'aside' }),
  'model.chat': ({ summary }) => ({ head: 'The model was asked', soft: after(summary, 'The model is asked, and '), tone: 'aside', noise: true }),
  'model.refused': ({ summary }) => ({ head: 'The model refused the call', soft: summary, tone: 'stop', noise: true }),
  'model.rests': () => ({ head: 'The model is left alone', soft: 'it failed three times; a probe waits for its return', tone: 'wait', noise: true }),
  'model.returned': () => ({ head: 'The model is there again', soft: '', noise: true }),
  'model.spent': ({ summary }) => ({ head: 'The budget is spent', soft: summary, tone: 'wait' }),
  'model.unknown_call': ({ summary }) => ({ head: 'Unknown call', soft: summary, tone: 'stop', noise: true }),
  'turn.gate': ({ data }) => {
    const refused = data.refused?.length ?? 0;
    const held = data.claims?.length ?? 0;
    if (refused) return { head: 'The draft was sent back', soft: `${refused} of ${count(refused + held, 'claim')} ${refused === 1 ? 'has' : 'have'} no row`, tone: 'stop' };
    if (!held) return { head: 'Nothing to prove', soft: 'the reply states no fact', tone: 'true' };
    return { head: 'Every claim stands', soft: `${held} of ${held}, each in a row of the catalogue`, tone: 'true' };
  },
  'turn.recorded': ({ data }) => ({ head: 'Put on record', soft: `no. ${data.number} of a chain that shows every change`, tone: 'true' }),
  'turn.skipped': ({ summary }) => ({ head: 'No automatic answer', soft: summary, tone: 'wait' }),
  'turn.failed': ({ summary }) => ({ head: 'No answer yet', soft: after(summary, 'no answer yet: '), tone: 'stop' }),
  'outbox.sent': ({ data }) => ({
    head: 'Sent to Messenger',
    soft: `“${brief(data.gist)}” · ${data.millis == null ? 'found where it had arrived' : `accepted in ${took(data.millis)}`}`,
    tone: 'true',
  }),
  'outbox.sent_back': () => ({
    head: 'Held back before it left',
    soft: 'a claim is no longer true, so the turn starts again',
    tone: 'stop',
  }),
  'outbox.refused': ({ summary }) => ({ head: 'Refused for good', soft: after(summary, 'refused for good: '), tone: 'stop' }),
  'outbox.again': ({ summary }) => ({ head: 'Not sent yet, tried again', soft: after(summary, 'not sent yet: '), tone: 'wait' }),
  'outbox.unknown': () => ({ head: 'Waiting for the echo', soft: 'so that nothing is ever sent twice', tone: 'wait' }),
  'outbox.missed': () => ({ head: 'Not seen in the conversation', soft: 'looked for again before anything is sent', tone: 'wait' }),
  'outbox.resend': () => ({ head: 'Sent once again', soft: 'it surely did not arrive', tone: 'wait' }),
  'outbox.withheld': ({ summary }) => ({ head: 'Not sent', soft: after(summary, 'not sent: '), tone: 'stop' }),
  'person.wanted': () => ({ head: 'A person is asked for', soft: 'listed until one speaks', tone: 'wait' }),
  'outbox.parked': ({ summary }) => ({ head: 'Parked', soft: summary, tone: 'wait' }),
  'shopify.change': ({ data, summary }) => ({ head: 'The shop saves it', soft: changed(data) ?? summary }),
  'shopify.webhook': ({ data, summary }) =>
    data.status >= 200 && data.status < 300
      ? { head: 'Shopify tells us', soft: `answered ${data.status} in ${data.ms} ms`, tone: 'aside' }
      : { head: 'Shopify could not tell us', soft: summary, tone: 'stop' },
  'catalogue.changed': () => ({ head: 'The row was read again', soft: 'the next answer says it as it is now', tone: 'true' }),
  'catalogue.page': ({ summary }) => ({ head: 'Catalogue read', soft: summary, noise: true }),
  'catalogue.discounts': ({ summary }) => ({ head: 'Discounts in step', soft: summary, tone: 'true', noise: true }),
  'catalogue.synced': ({ summary }) => ({ head: 'Catalogue in step', soft: summary, tone: 'true', noise: true }),
  'mirror.written': ({ data }) => ({ head: 'Mirror written', soft: `${data.path} · ${count(data.bytes, 'byte')}`, noise: true }),
  'connect.shop': ({ summary }) => ({ head: 'Shop connected', soft: summary, tone: 'true', noise: true }),
  'connect.pages': ({ summary }) => ({ head: 'Pages connected', soft: summary, tone: 'true', noise: true }),
  'job.failed': ({ summary }) => ({ head: 'A job did not work out', soft: summary, tone: 'stop', noise: true }),
  'connect.subscribed': ({ summary }) => ({ head: 'Webhook fields subscribed', soft: summary, noise: true }),
  'connect.token': ({ summary }) => ({ head: 'Token renewed', soft: summary, noise: true }),
  'meta.dialog': ({ summary }) => ({ head: 'Facebook’s login', soft: summary, noise: true }),
  'meta.token': ({ summary }) => ({ head: 'Facebook’s token call', soft: summary, noise: true }),
  'meta.accounts': ({ summary }) => ({ head: 'Facebook’s list of Pages', soft: summary, noise: true }),
  'meta.subscribe': ({ summary }) => ({ head: 'Facebook’s webhook settings', soft: summary, noise: true }),
  'meta.profile': ({ summary }) => ({ head: 'Shopper’s profile', soft: summary, tone: 'aside', noise: true }),
  'shopify.authorize': ({ summary }) => ({ head: 'Shopify’s permission page', soft: summary, noise: true }),
  'shopify.token': ({ summary }) => ({ head: 'Shopify’s token call', soft: summary, noise: true }),
  'shopify.graphql': ({ summary }) => ({ head: 'Asked the shop', soft: summary, tone: 'aside', noise: true }),
  'meta.unknown_call': ({ summary }) => ({ head: 'Unknown call', soft: summary, tone: 'stop', noise: true }),
  'shopify.unknown_call': ({ summary }) => ({ head: 'Unknown call', soft: summary, tone: 'stop', noise: true }),
};

function changed(data) {
  const parts = [
    data.price !== undefined && `price ${data.price}`,
    data.stock !== undefined && `${data.stock} in stock`,
    data.status && String(data.status).toLowerCase(),
  ].filter(Boolean);
  return parts.length ? parts.join(' · ') : null;
}

/** How an entry reads. Never fails: an entry whose data are not as expected falls back to its summary. */
export function describe(entry, story) {
  const plain = { head: entry.summary || entry.kind, soft: '', tone: 'aside', noise: true };
  const known = KINDS[entry.kind];
  if (!known) return plain;
  try {
    return { tone: '', noise: false, ...known({ ...entry, data: entry.data ?? {} }, story) };
  } catch {
    return { ...plain, noise: false };
  }
}

/** Which walk an entry belongs to: what a shopper wrote, or a change of the shop. */
export function walkOf(entry) {
  if (entry.kind.startsWith('shopify.') || entry.kind.startsWith('catalogue.')) return 'shop';
  if (entry.kind === 'inbox.accepted' && entry.data?.source === 'shopify') return 'shop';
  return 'talk';
}
