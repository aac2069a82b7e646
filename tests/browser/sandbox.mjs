// The sandbox page as people meet it: four looks, one conversation each, a price that changes, a person who steps in, both
// connects by hand, a restart. Everything behind it is the built product; nothing is mocked. Closing line: "N passed, 0 failed".

import assert from 'node:assert/strict';

import { overflows, tooPale, tooSmall, unnamed } from './access.mjs';
import { LOOKS, QUESTION, become, launch, open, view, write } from './looks.mjs';
import { ask, chooseModel, sayAs, start, withFolder } from './product.mjs';

const HEAVIEST = 120 * 1024;
const PATIENCE = 15_000;
const SHOPPERS = { 'light-desktop': 'Ana', 'dark-desktop': 'Bo', 'light-phone': 'Cleo', 'dark-phone': 'Dan' };

const counts = { passed: 0, failed: 0 };

async function check(name, work) {
  try {
    const note = await work();
    counts.passed += 1;
    console.log(`ok      ${name}${note ? `: ${note}` : ''}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.message ?? error).replace(/^/gm, '        ')}`);
  }
}

const none = (complaints) => assert.deepEqual(complaints, []);
const amounts = (text) => [...text.matchAll(/\$([\d,]+\.\d\d)/g)].map(([, digits]) => digits.replaceAll(',', ''));
const newest = (page) => page.locator('#stories .story:not(.unseen)').last();

/** Notes what a page complains of and whom it calls. */
function watched(page) {
  const heard = { errors: [], strangers: [], weight: 0, pending: [] };
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => heard.errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') heard.errors.push(message.text()); });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== '127.0.0.1') heard.strangers.push(request.url());
  });
  page.on('response', (response) => {
    if (!['document', 'script', 'stylesheet', 'font'].includes(response.request().resourceType())) return;
    heard.pending.push(response.body().then((body) => { heard.weight += body.length; }));
  });
  return heard;
}

/** The cards of the newest answer, each found again in the shop with the price it shows. */
async function cardsThatStand(page, sandbox) {
  const { products } = await ask(sandbox, '/products');
  const cards = await page.locator('.msg').filter({ has: page.locator('.card') }).last().locator('.card').all();
  assert.ok(cards.length > 0, 'there is no card');
  for (const card of cards) {
    const title = await card.locator('h3').innerText();
    const [price] = amounts(await card.locator('.about p').innerText());
    const product = products.find((one) => one.title === title);
    assert.ok(product, `the shop has no “${title}”`);
    assert.ok(product.variants.some((variant) => variant.price === price), `“${title}” costs ${price} nowhere in the shop`);
  }
  return cards;
}

async function conversation(browser, sandbox, look) {
  const who = SHOPPERS[look];
  const context = await browser.newContext(LOOKS[look]);
  const page = await context.newPage();
  const heard = watched(page);

  await check(`${look}: opens, and the empty page says what to do`, async () => {
    await open(page, sandbox.sandbox_url);
    await become(page, who);
    assert.equal(await page.locator('#ideas button').first().innerText(), QUESTION);
    assert.match(await page.locator('.store').innerText(), /\d+ products/);
  });
  await check(`${look}: ${who} asks for a gift and gets cards with prices that stand in the shop`, async () => {
    await page.locator('#ideas button').first().click();
    await page.waitForSelector('.card');
    const seconds = ((performance.now() - sandbox.startedAt) / 1000).toFixed(1);
    const cards = await cardsThatStand(page, sandbox);
    for (const card of cards) {
      const [price] = amounts(await card.locator('.about p').innerText());
      assert.ok(Number(price) <= 40, `${price} is above the limit`);
    }
    const link = await cards[0].locator('a.does').first().getAttribute('href');
    const shown = await fetch(link);
    assert.equal(shown.status, 200, `${link} is no page of the shop`);
    if (look === 'light-desktop') console.log(`first answered message ${seconds} s after start`);
    return `${cards.length} cards`;
  });
  await check(`${look}: the journal proves every claim of it`, async () => {
    await view(page, 'journal');
    const story = newest(page);
    await story.getByText('Echo came back').first().waitFor();
    await story.getByText('Every claim stands').waitFor();
    const proved = await story.locator('.claim:not(.no)').allInnerTexts();
    const subtitles = await page.locator('.card .about p').allTextContents();
    for (const price of subtitles.flatMap((text) => amounts(text).slice(0, 1))) {
      assert.ok(proved.some((claim) => claim.includes(price)), `nothing proves ${price}`);
    }
    await story.locator('.row-of').filter({ hasText: /row v\d+, read \d+ s earlier/ }).first().waitFor();
    const explain = await story.locator('code.row-of').innerText();
    assert.match(explain, /^shopclerk explain [0-9a-f-]{36}$/, 'the record is named');
    assert.equal(await page.locator('#sum-false').innerText(), '0');
    assert.match(await page.locator('#sum-ack').innerText(), /ms$/);
    return `${proved.length} chips`;
  });
  await check(`${look}: an entry opens by keyboard and shows its particulars`, async () => {
    const line = newest(page).locator('li.true:not(.noise) summary').first();
    await line.focus();
    await page.keyboard.press('Enter');
    await newest(page).locator('.particulars dl').first().waitFor();
    assert.notEqual(await line.evaluate((node) => getComputedStyle(node).outlineStyle), 'none');
    await page.keyboard.press('Enter');
  });
  for (const name of ['chat', 'journal', 'shop']) {
    await check(`${look}: everything in the ${name} is named, large enough, readable, within the screen`, async () => {
      await view(page, name);
      if (name === 'shop') await page.locator('.products summary').first().click();
      none(await unnamed(page));
      none(await tooSmall(page));
      none(await tooPale(page));
      none(await overflows(page));
    });
  }
  await check(`${look}: no errors, nobody called outside this machine, light enough`, async () => {
    await Promise.all(heard.pending);
    none(heard.errors);
    none(heard.strangers);
    assert.ok(heard.weight < HEAVIEST, `${heard.weight} bytes`);
    return `${(heard.weight / 1024).toFixed(0)} KB`;
  });
  return { context, page, who };
}

async function change(page, sandbox) {
  await check('a price changed in the shop is in the next answer', async () => {
    const title = await page.locator('.card h3').first().innerText();
    await view(page, 'shop');
    await page.fill('#search', title);
    const row = page.locator('.products > li').filter({ hasText: title }).first();
    const summary = row.locator('summary');
    if (!(await row.locator('details').evaluate((node) => node.open))) await summary.click();
    await row.getByLabel(/^Price/).fill('12.34');
    await row.getByRole('button', { name: 'Save' }).click();
    await row.getByRole('button', { name: 'Ask again' }).click();
    await page.keyboard.press('Enter');
    await page.locator('.msg:not(.me)').filter({ hasText: '$12.34' }).first().waitFor();
    await cardsThatStand(page, sandbox);
    await view(page, 'journal');
    await page.getByText('The row was read again').first().waitFor();
  });
}

async function liar(page, sandbox) {
  await check('the switch lets the model lie, and the journal shows each lie being caught', async () => {
    await view(page, 'journal');
    await page.getByRole('switch', { name: 'Lying model' }).check();
    await page.getByText('The model lies on purpose now.').waitFor();
    await view(page, 'chat');
    const before = await page.locator('.msg:not(.me)').count();
    await write(page, QUESTION);
    await page.waitForFunction((count) => document.querySelectorAll('.msg:not(.me)').length > count, before);
    await view(page, 'journal');
    const caught = newest(page).locator('.claim.no');
    await caught.first().waitFor();
    const { lies } = await ask(sandbox, '/model');
    assert.ok(lies.length > 0, 'it did not lie');
    const said = (await page.locator('.msg:not(.me)').allInnerTexts()).slice(before).join('\n');
    none(lies.map((lie) => lie.words).filter((words) => said.includes(words)));
    assert.notEqual(await page.locator('#sum-stopped').innerText(), '0');
    assert.equal(await page.locator('#sum-false').innerText(), '0');
    await page.getByRole('switch', { name: 'Lying model' }).uncheck();
    await page.getByText('The rules answer.').waitFor();
    return `${lies.length} planted, ${await caught.count()} chips`;
  });
}

async function person(page, who) {
  await check('a person answers, and the clerk is silent', async () => {
    await view(page, 'shop');
    await page.fill('#person-text', 'Hi, Maja from the shop here.');
    await page.press('#person-text', 'Enter');
    await page.getByText(`${who} has it.`).waitFor();
    await view(page, 'journal');
    await newest(page).getByText('Echo came back').waitFor();
    await write(page, 'and what does the cheapest one cost?');
    await view(page, 'journal');
    await newest(page).getByText('No automatic answer').waitFor();
    await view(page, 'chat');
    assert.equal(await page.locator('.msg').last().locator('.bubble').innerText(), 'and what does the cheapest one cost?');
  });
}

/** Has the page read its head, as every change of the model makes it do. */
const readHead = (page, sandbox) => Promise.all([
  page.waitForResponse('**/state'),
  chooseModel(sandbox, 'off'),
]);

async function overtaken(page, sandbox, who) {
  await check('a head older than what was heard meanwhile does not begin the page anew', async () => {
    await page.evaluate(() => { window.opened = 'once'; });
    await page.route('**/state', async (route) => {
      const old = await route.fetch();
      await sayAs(sandbox, who, 'good morning');
      await page.getByText('good morning').first().waitFor();
      await route.fulfill({ response: old });
    }, { times: 1 });
    await readHead(page, sandbox);
    await readHead(page, sandbox);
    assert.equal(await page.evaluate(() => window.opened), 'once');
  });
}

async function place(page, sandbox, who) {
  await check('who reads further up keeps their place', async () => {
    await view(page, 'chat');
    const log = page.locator('#log');
    await log.evaluate((node) => { node.scrollTop = 0; });
    const before = await page.locator('.msg').count();
    await sayAs(sandbox, who, 'thank you');
    await page.waitForFunction((count) => document.querySelectorAll('.msg').length > count + 1, before);
    assert.equal(await log.evaluate((node) => node.scrollTop), 0);
    await page.locator('#chat-newer').click();
    assert.ok(await log.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 2));
  });
}

async function reach(browser, sandbox) {
  await check('the first paint needs no script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(sandbox.sandbox_url);
    await page.getByText(QUESTION).waitFor({ timeout: 2000 });
    assert.ok(await page.getByText('Every price, stock figure and link proved by a row').isVisible());
    await context.close();
  });
  // 1280 x 800 at 200 % zoom is 640 x 400; the narrowest phone is 360 wide.
  for (const [width, height] of [[360, 640], [640, 400]]) {
    await check(`all of it works in ${width} x ${height}`, async () => {
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await open(page, sandbox.sandbox_url);
      for (const name of ['chat', 'journal', 'shop']) {
        await view(page, name);
        none(await overflows(page));
        none(await tooSmall(page));
      }
      await view(page, 'chat');
      const field = await page.locator('#say').boundingBox();
      assert.ok(field.y + field.height <= height, 'the message field is out of sight');
      await context.close();
    });
  }
  await check('the message field is reached by keyboard alone', async () => {
    // Narrow: a wide page puts the cursor into the field by itself.
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await open(page, sandbox.sandbox_url);
    await view(page, 'shop');
    await page.keyboard.press('Shift+Tab');
    while (!(await page.evaluate(() => document.activeElement.matches('.skip')))) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'say');
    await context.close();
  });
}

async function restart(page, folder, sandbox) {
  let again = null;
  await check('Ctrl-C ends it in order, and the page says so', async () => {
    assert.equal(await sandbox.stop(), 0);
    await page.locator('#offline').waitFor();
  });
  await check('it goes on at the same address, and the page finds it again', async () => {
    const before = await page.locator('.msg').count();
    again = await start(folder);
    assert.equal(again.sandbox_url, sandbox.sandbox_url);
    await page.locator('#offline').waitFor({ state: 'hidden' });
    await write(page, QUESTION);
    await page.waitForFunction((count) => document.querySelectorAll('.msg').length > count + 1, before);
  });
  await again?.stop();
}

/** `--manual`: the page leads through both consent pages, and then answers; `--fault`: what was ordered has happened by then. */
async function byHand(browser) {
  await check('--manual: the page leads through both connects, one at a time', () => withFolder(async (folder) => {
    const sandbox = await start(folder, '--manual', '--fault', 'objects:limited');
    const context = await browser.newContext(LOOKS['light-desktop']);
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await open(page, sandbox.sandbox_url);
      for (const [step, agree] of [['Connect the shop', 'Install'], ['Connect the Page', 'Continue']]) {
        const opened = context.waitForEvent('page');
        await page.getByRole('link', { name: step }).click();
        const consent = await opened;
        await consent.getByRole('button', { name: agree }).click();
        await consent.waitForURL((url) => url.pathname === '/app');
        await consent.close();
      }
      await page.locator('#next-step').waitFor({ state: 'hidden' });
      await page.locator('#shop-age').waitFor();
      await write(page, QUESTION);
      await page.waitForSelector('.card');
      await cardsThatStand(page, sandbox);
      assert.deepEqual((await ask(sandbox, '/faults')).armed, [], 'the bucket refused a call');
    } finally {
      await context.close();
      await sandbox.stop();
    }
  }));
}

await withFolder(async (folder) => {
  const browser = await launch();
  const sandbox = await start(folder);
  try {
    const met = {};
    for (const look of Object.keys(LOOKS)) met[look] = await conversation(browser, sandbox, look);
    await reach(browser, sandbox);
    await change(met['light-desktop'].page, sandbox);
    await liar(met['dark-desktop'].page, sandbox);
    await person(met['dark-phone'].page, met['dark-phone'].who);
    await overtaken(met['dark-desktop'].page, sandbox, met['dark-desktop'].who);
    await place(met['light-phone'].page, sandbox, met['light-phone'].who);
    for (const look of ['dark-desktop', 'light-phone', 'dark-phone']) await met[look].context.close();
    await byHand(browser);
    await restart(met['light-desktop'].page, folder, sandbox);
  } finally {
    await sandbox.stop().catch(() => {});
    await browser.close();
  }
});

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
