// Draws the pictures of the README: the README's question and its answer, in the four looks. Never run by tests.

import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { LOOKS, QUESTION, launch, open, view, write } from './looks.mjs';
import { start, withFolder } from './product.mjs';

const LARGEST = 300 * 1024;
const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

await mkdir(pictures, { recursive: true });
await withFolder(async (folder) => {
  const browser = await launch();
  const sandbox = await start(folder);
  try {
    for (const [look, options] of Object.entries(LOOKS)) {
      const context = await browser.newContext({ ...options, deviceScaleFactor: look.endsWith('phone') ? 2 : 1.25, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await open(page, sandbox.sandbox_url);
      // The first look asks; the others show the same conversation.
      if (look === 'light-desktop') await write(page, QUESTION);
      await page.locator('.choices').waitFor();
      await page.getByText('Echo came back').last().waitFor({ state: 'attached' });
      await view(page, 'chat');
      await page.evaluate(() => document.activeElement.blur());
      await Promise.all((await page.locator('.pic img').all()).map((picture) => picture.evaluate((node) => node.decode())));
      const path = `${pictures}sandbox-${look}.png`;
      await page.screenshot({ path });
      const { size } = await stat(path);
      console.log(`docs/pictures/sandbox-${look}.png ${(size / 1024).toFixed(0)} KB`);
      if (size > LARGEST) throw new Error(`larger than ${LARGEST / 1024} KB`);
      await context.close();
    }
  } finally {
    await sandbox.stop();
    await browser.close();
  }
});
