// The merchant's pages as people meet them: both connects by hand, five looks, somebody who waits for a person, wishes for how the
// clerk speaks, a connection ended and had back, an address that is none. Everything behind it is the built product. Closing line: "N passed, 0 failed".

import assert from 'node:assert/strict';

import { tooPale, tooSmall, unnamed } from './access.mjs';
import { LOOKS, launch } from './looks.mjs';
import { sayAs, start, withFolder } from './product.mjs';

const HEAVIEST = 120 * 1024;
const NARROW = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' };

const counts = { passed: 0, failed: 0 };

async function check(name, work) {
  try {
    await work();
    counts.passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.message ?? error).replace(/^/gm, '        ')}`);
  }
}

/** Nothing to complain of, for whoever sees, hears or touches the page. */
async function isFit(page) {
  const width = () => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  const [content, screen] = await width();
  assert.ok(content <= screen, `${content} px wide in ${screen}`);
  assert.deepEqual(await unnamed(page), []);
  assert.deepEqual(await tooSmall(page), []);
  assert.deepEqual(await tooPale(page), []);
}

/** Agrees wherever a platform asks, until our own page is back. */
async function agrees(page, sandbox, address) {
  await page.goto(address);
  while (!page.url().startsWith(sandbox.app_url)) await page.locator('button').first().click();
}

/** The card of a kind of connection. */
const card = (page, kind) => page.locator('.connections li').filter({ hasText: kind });

async function everyLook(browser, sandbox, storageState) {
  for (const [look, options] of Object.entries({ ...LOOKS, 'dark-narrow': NARROW })) {
    const context = await browser.newContext({ ...options, storageState });
    const page = await context.newPage();
    let weight = 0;
    page.on('response', async (response) => { weight += (await response.body().catch(() => '')).length; });
    await check(`${look}: the connections, folded and unfolded`, async () => {
      await page.goto(`${sandbox.app_url}/app`);
      assert.equal(await page.locator('.state.true').count(), 2);
      await isFit(page);
      await page.locator('summary').first().press('Enter');
      assert.ok(await page.locator('details[open] button').isVisible(), 'the button is reached by keyboard');
      await isFit(page);
      assert.ok(weight < HEAVIEST, `${weight} bytes`);
    });
    await check(`${look}: who waits for a person, and where one is signed in`, async () => {
      await page.goto(`${sandbox.app_url}/app/waiting`);
      assert.match(await page.locator('main').innerText(), /A shopper who asked for a person\s+Ana, person-/);
      await isFit(page);
      await page.goto(`${sandbox.app_url}/app/sessions`);
      assert.match(await page.locator('main').innerText(), /This browser/);
      await isFit(page);
    });
    await check(`${look}: how the clerk speaks`, async () => {
      await page.goto(`${sandbox.app_url}/app`);
      await page.getByRole('link', { name: 'How your clerk speaks' }).click();
      await page.getByLabel('Your wishes').fill('Say "du", and be brief.');
      await page.getByRole('button', { name: 'Keep them' }).click();
      assert.match(await page.getByRole('status').innerText(), /Kept/);
      assert.equal(await page.getByLabel('Your wishes').inputValue(), 'Say "du", and be brief.');
      await isFit(page);
      await page.getByLabel('Your wishes').fill('z'.repeat(1_001));
      await page.getByRole('button', { name: 'Keep them' }).click();
      assert.match(await page.getByRole('alert').innerText(), /fewer words/);
      await isFit(page);
    });
    await check(`${look}: an address that is none says so`, async () => {
      await page.goto(`${sandbox.app_url}/nothing`);
      assert.match(await page.locator('h1').innerText(), /Not found/);
      await isFit(page);
    });
    await context.close();
  }
}

/** A shopper asks for a person, and the merchant's page lists it. */
async function asksForPerson(page, sandbox) {
  await check('a shopper who asks for a person stands on the list of what waits', async () => {
    await sayAs(sandbox, 'Ana', 'I want to talk to a person, please');
    await page.goto(`${sandbox.app_url}/app/waiting`);
    const entry = page.getByText('A shopper who asked for a person').first();
    for (let looks = 0; looks < 75 && !(await entry.isVisible()); looks += 1) {
      await page.waitForTimeout(200);
      await page.reload();
    }
    assert.ok(await entry.isVisible(), 'she is not listed');
  });
}

async function ended(browser, sandbox, storageState) {
  const context = await browser.newContext({ ...LOOKS['light-phone'], storageState });
  const page = await context.newPage();
  await check('a Page is disconnected, and the page says what that means', async () => {
    await page.goto(`${sandbox.app_url}/app`);
    await card(page, 'Facebook Page').locator('summary').click();
    await card(page, 'Facebook Page').locator('details button').click();
    await page.waitForURL('**/app?notice=disconnected');
    assert.match(await page.getByRole('status').innerText(), /Nothing more is sent for it/);
    assert.match(await card(page, 'Facebook Page').innerText(), /disconnected/);
    await isFit(page);
  });
  await check('it is had back by hand', async () => {
    await agrees(page, sandbox, `${sandbox.app_url}/facebook/login`);
    assert.match(await card(page, 'Facebook Page').locator('.state').innerText(), /ok/);
  });
  await context.close();
}

await withFolder(async (folder) => {
  const sandbox = await start(folder);
  const browser = await launch();
  try {
    const context = await browser.newContext(LOOKS['light-desktop']);
    const page = await context.newPage();
    await check('who is not signed in is told how', async () => {
      await page.goto(`${sandbox.app_url}/app`);
      assert.match(await page.locator('main').innerText(), /Connect your shop first/);
      await isFit(page);
    });
    await check('the shop signs in by hand', async () => {
      await agrees(page, sandbox, `${sandbox.app_url}/shopify/${sandbox.shop}/login`);
      assert.match(page.url(), /\/app$/);
    });
    await asksForPerson(page, sandbox);
    const signedIn = await context.storageState();
    await context.close();
    await everyLook(browser, sandbox, signedIn);
    await ended(browser, sandbox, signedIn);
  } finally {
    await browser.close();
    await sandbox.stop();
  }
});

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
