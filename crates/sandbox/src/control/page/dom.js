// Building elements and saying times. Text is always set as text, never as markup, whatever it holds.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element. `props` are properties of it (`class`, `dataset`, `aria-…` and `role` as one would write them in HTML,
 * `on…` as listeners); children that are null or false are left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name === 'dataset') Object.assign(node.dataset, value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role') node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Shows `text`, touching the page only when it changed. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The address if it is a web address, else null: vendors' payloads are not trusted to be one. */
export function webAddress(raw) {
  try {
    const url = new URL(raw);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/** `4 s`, `3 min`, `2 h`, `5 days`. */
export function span(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** `0.6 ms`, `812 ms`, `1.2 s`, `3 min`: a duration that was measured. */
export function took(millis) {
  if (millis < 10 && !Number.isInteger(millis)) return `${millis.toFixed(1)} ms`;
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60000) return `${(millis / 1000).toFixed(1)} s`;
  return span(millis);
}

/** `14:02` or, with seconds, `14:02:11`. */
export function clock(at, seconds = false) {
  const parts = { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }) };
  return new Date(at).toLocaleTimeString([], parts);
}

/** `Today 14:02`, `Yesterday 14:02`, `19 Nov, 14:02`. */
export function day(at) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (at >= midnight) return `Today ${clock(at)}`;
  if (at >= midnight - 86400000) return `Yesterday ${clock(at)}`;
  return `${new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'short' })}, ${clock(at)}`;
}

/** `1 reply`, `3 replies`. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** Whether someone reads at the very end of what scrolls here. */
export const atEnd = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;

/** Runs `work` once for many calls: at most one under way and one waiting. */
export function coalesced(work, pause = 30) {
  let waiting = false;
  let running = false;
  const run = async () => {
    waiting = false;
    running = true;
    try {
      await work();
    } finally {
      running = false;
      if (waiting) setTimeout(run, pause);
    }
  };
  return () => {
    if (waiting) return;
    waiting = true;
    if (!running) setTimeout(run, pause);
  };
}
