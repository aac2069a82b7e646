// What the page owes those who do not see it, do not use a mouse, or see it badly: checked on what is drawn, by hand. Each
// check answers a list of complaints; none is good.

const SMALLEST_TARGET = 40;
const CONTRAST = 4.5;
const CONTRAST_LARGE = 3;

/** Controls without a name, fields without a label, pictures without `alt`, ids given twice. */
export const unnamed = (page) => page.evaluate(() => {
  const name = (node) => [
    node.getAttribute('aria-label'),
    ...(node.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
    ...[...(node.labels ?? [])].map((label) => label.textContent),
    node.innerText,
  ].filter(Boolean).join(' ').trim();
  const told = (node) => node.outerHTML.slice(0, 120);
  const complaints = [];
  for (const node of document.querySelectorAll('button, a[href], summary, input, select, textarea, [role="tab"], [tabindex="0"]')) {
    if (node.checkVisibility({ visibilityProperty: true }) && !name(node)) complaints.push(`has no name: ${told(node)}`);
  }
  for (const node of document.querySelectorAll('img:not([alt])')) complaints.push(`has no alt: ${told(node)}`);
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) complaints.push(`id ${id} is given twice`);
  if (!document.documentElement.lang) complaints.push('the page names no language');
  if (document.querySelectorAll('main').length !== 1) complaints.push('there is not exactly one main');
  if (document.querySelectorAll('h1').length !== 1) complaints.push('there is not exactly one h1');
  return complaints;
});

/** Visible controls that are too small for a finger; links inside running text excepted. */
export const tooSmall = (page) => page.evaluate((least) => {
  const complaints = [];
  for (const node of document.querySelectorAll('button, a[href], summary, input, select, textarea')) {
    if (!node.checkVisibility({ visibilityProperty: true }) || node.matches('h3 a, .skip')) continue;
    const { width, height } = node.getBoundingClientRect();
    if (width + 0.5 < least || height + 0.5 < least) {
      complaints.push(`${Math.round(width)} x ${Math.round(height)}: ${node.outerHTML.slice(0, 100)}`);
    }
  }
  return complaints;
}, SMALLEST_TARGET);

/** Visible texts whose colour is too near to what lies behind them. */
export const tooPale = (page) => page.evaluate(({ normal, large }) => {
  const numbers = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (channel) => top[channel] * top.a + under[channel] * (1 - top.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  };
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const complaints = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility({ visibilityProperty: true }) || node.closest('.vh, noscript, option')) continue;
    const style = getComputedStyle(node);
    const ground = behind(node);
    const [paler, darker] = [light(over(numbers(style.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (paler + 0.05) / (darker + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (isLarge ? large : normal)) {
      complaints.add(`${ratio.toFixed(2)} to 1: “${walker.currentNode.data.trim().slice(0, 40)}” in ${node.className || node.tagName}`);
    }
  }
  return [...complaints];
}, { normal: CONTRAST, large: CONTRAST_LARGE });

/** Whether anything makes the page itself scroll, in either direction. */
export const overflows = (page) => page.evaluate(() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const complaints = [];
  if (scrollWidth > innerWidth) complaints.push(`${scrollWidth} px wide in ${innerWidth}`);
  if (scrollHeight > innerHeight) complaints.push(`${scrollHeight} px high in ${innerHeight}`);
  return complaints;
});
