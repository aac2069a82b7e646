// Debian's Chromium, and the four ways people look at the page.

import { chromium } from 'playwright-core';

/** The README's question: the first thing anybody is asked to write. */
export const QUESTION = 'do you have a warm gift for my mother under 40 dollars?';

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Name -> options of a browser context. */
export const LOOKS = {
  'light-desktop': { ...DESKTOP, colorScheme: 'light' },
  'dark-desktop': { ...DESKTOP, colorScheme: 'dark' },
  'light-phone': { ...PHONE, colorScheme: 'light' },
  'dark-phone': { ...PHONE, colorScheme: 'dark' },
};

/** One browser that calls nobody by itself. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      // Root in a container has no user namespaces; the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** Opens the page and waits until it is in touch. */
export async function open(page, address) {
  await page.goto(address);
  await page.waitForSelector('body[data-state="ready"]');
}

/** Writes as another shopper than the first. */
export async function become(page, name) {
  await page.selectOption('#shopper', { label: 'Someone new…' });
  await page.fill('#newcomer-name', name);
  await page.click('#newcomer-form [type="submit"]');
}

/** Shows a view; on a wide screen the chat is always there. */
export async function view(page, name) {
  const tab = page.locator(`#tab-${name}`);
  if (await tab.isVisible()) await tab.click();
}

/** Writes a message and sends it with the Enter key. */
export async function write(page, text) {
  await view(page, 'chat');
  await page.fill('#say', text);
  await page.press('#say', 'Enter');
}
