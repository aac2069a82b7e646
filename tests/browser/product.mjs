// Starts the built binary as `shopclerk sandbox --json` and speaks to its control surface, as any program would.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const STARTS_WITHIN = 60_000;
const STOPS_WITHIN = 20_000;

/** A folder for one run, gone afterwards. */
export async function withFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'shopclerk-browser-'));
  try {
    return await work(join(folder, 'data'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A running sandbox, ready for what its flags leave to do; `stop` presses Ctrl-C. */
export async function start(folder, ...flags) {
  const binary = process.env.SHOPCLERK_BIN;
  if (!binary) throw new Error('SHOPCLERK_BIN is not set: start this by tests/browser/run');
  const startedAt = performance.now();
  const child = spawn(binary, ['sandbox', '--json', '--data-dir', folder, '--ports', 'auto', ...flags], {
    // Nothing of this machine's settings reaches it.
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.on('error', reject);
    ended.then((how) => reject(new Error(`the sandbox ended (${how}) before it was ready:\n${said.join('\n')}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    return within(STOPS_WITHIN, ended, 'the sandbox to stop').catch((error) => {
      child.kill('SIGKILL');
      throw error;
    });
  };
  try {
    const facts = JSON.parse(await within(STARTS_WITHIN, ready, 'the sandbox to be ready'));
    return { ...facts, startedAt, stop, said };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** `GET` below the control address. */
export const ask = (sandbox, path) => call(sandbox, 'GET', path);

/** Writes a message as a shopper, behind the page's back. */
export const sayAs = (sandbox, who, text) => call(sandbox, 'POST', `/shoppers/${who}/messages`, { text });

/** Chooses what the fake model does. */
export const chooseModel = (sandbox, mode) => call(sandbox, 'PUT', '/model', { mode });

async function call(sandbox, method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.control_url}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
  return answer.json();
}

function within(millis, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${millis / 1000} s for ${what}`)), millis);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
