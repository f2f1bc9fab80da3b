import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { browserObstacle } from '../../test/browser.js';
import { liveThroughAnHour } from '../../test/busy-hour.js';
import { failing, PretendDaemon } from '../../test/pretend-daemon.js';
import { nameOf } from '../../test/simulation/examples.js';
import { DESK, flaws, useWatchedPages } from '../../test/watched-pages.js';

const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>\u001b[31mred\u001b]52;c;aGk=\u0007\u202egnirts';
const SHOWN =
  '<script>alert(1)</script><img src=x onerror=alert(2)>\\u001b[31mred\\u001b]52;c;aGk=\\u0007\\u202egnirts';

test('a reader that hangs up makes room for another', async () => {
  await using daemon = await PretendDaemon.start(1);
  const over = new AbortController();
  const statusOf = async (signal: AbortSignal) => (await fetch(`${daemon.url}live`, { signal })).status;
  const first = new AbortController();
  expect(await statusOf(first.signal)).toBe(200);
  for (let n = 1; n < 16; n++) expect(await statusOf(over.signal)).toBe(200);
  expect(await statusOf(over.signal)).toBe(503);
  first.abort();
  await expect.poll(() => statusOf(over.signal)).toBe(200);
  over.abort();
});

const obstacle = browserObstacle();
const title = obstacle === undefined ? 'the page' : `the page [skipped: ${obstacle}]`;

describe.skipIf(obstacle !== undefined)(title, () => {
  const { aDaemon, open } = useWatchedPages();
  let now: number;
  beforeEach(() => {
    now = Date.now();
  });

  const cell = (page: Page, n: number, phase: string) =>
    page.locator(`[role=option][data-name="${nameOf(n)}"][data-phase="${phase}"]`);

  test('shows each agent as it is, from phase to phase, and why it ended', async () => {
    const daemon = await aDaemon(2);
    const { page } = await open(daemon);
    await page.getByText('The daemon has not looked yet.').waitFor();
    daemon.enters(0, 'starting', now);
    daemon.looked(now);
    await cell(page, 0, 'starting').waitFor();
    await page.getByText(/^This daemon looks since \d\d:\d\d\.$/).waitFor();
    await page.getByText('1 of 2', { exact: true }).waitFor();
    daemon.enters(0, 'idle', now + 1);
    daemon.looked(now + 1);
    await cell(page, 0, 'idle').waitFor();
    daemon.enters(0, 'busy', now + 2, { jobName: 'Compile it' });
    daemon.looked(now + 2);
    await cell(page, 0, 'busy').getByText('Compile it').waitFor();
    daemon.enters(0, 'finished', now + 3);
    daemon.ends(0, now + 4, 'failed', { jobName: 'Compile it' }, 'the compiler said no\n');
    daemon.looked(now + 4);
    await cell(page, 0, 'busy').waitFor({ state: 'detached' });
    await page.getByText('Compile it: failed').waitFor();
    await page.getByRole('button', { name: nameOf(0) }).click();
    await page.getByText('the compiler said no').waitFor();
  });

  test('tells the last lines of an agent that ends while it is looked at', async () => {
    const daemon = await aDaemon(1);
    daemon.enters(0, 'busy', now);
    daemon.looked(now);
    const { page } = await open(daemon);
    await cell(page, 0, 'busy').click();
    const disk = new AbortController();
    daemon.disk = new Promise(done => disk.signal.addEventListener('abort', () => done()));
    daemon.ends(0, now + 1, 'failed', {}, 'the compiler said no\n');
    daemon.looked(now + 1);
    await page.getByText('none are kept').waitFor();
    disk.abort();
    await page.getByText('the compiler said no').waitFor();
  });

  test('says what a pool waits for, and what failed and when it is tried again', async () => {
    const daemon = await aDaemon(1);
    const { page } = await open(daemon);
    daemon.looked(now, failing('create-instance', 'linux', 'no space left on device', now + 600_000));
    await page
      .getByText(/create-instance of linux failed 3 times, again in \d+\smin.*no space left on device/)
      .waitFor();
    daemon.looked(now + 1, { creationBlocked: 'fs.inotify.max_user_instances is 128' });
    await page.getByText('waits: fs.inotify.max_user_instances is 128').waitFor();
    const unwrittenEnds = { count: 2, lastAt: now, error: 'the disk is full' };
    daemon.looked(now + 2, {}, { unwrittenEnds });
    await page
      .locator('.notes')
      .getByText(/^2 ends of agents could not be written down, the last at \d\d:\d\d:\d\d: the disk is full$/)
      .waitFor();
  });

  test('is used by keyboard alone, and keeps the place when an agent goes', async () => {
    const daemon = await aDaemon(3);
    for (const n of [0, 1, 2]) daemon.enters(n, 'idle', now);
    daemon.looked(now);
    const { page } = await open(daemon);
    await cell(page, 0, 'idle').waitFor();
    const focused = () => page.evaluate('document.activeElement.dataset.name');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(nameOf(0));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(nameOf(1));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: nameOf(1) }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await focused()).toBe(nameOf(1));
    daemon.leaves(1, now + 1);
    daemon.looked(now + 1);
    await cell(page, 1, 'idle').waitFor({ state: 'detached' });
    expect(await focused()).toBe(nameOf(2));
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds wrong, in %s', async colorScheme => {
    const daemon = await aDaemon(64, 4);
    liveThroughAnHour(daemon, 64, now);
    const { page, screenshot } = await open(daemon, { colorScheme, ...DESK });
    await page.getByText(/places filled again/).waitFor();
    await screenshot(`64-agents-${colorScheme}`);
    daemon.looked(now, {
      ...failing('create-instance', 'linux', 'no space left', now + 60_000),
      drained: new Set(['linux']),
    });
    await page.getByText('waits: drained by a person').waitFor();
    await page.getByText('Jobs of linux as a table').click();
    await page.getByRole('columnheader', { name: 'nobody before' }).waitFor();
    await page.getByText(/^The latest 100 of [1-9]\d\d jobs\.$/).waitFor();
    expect(await flaws(page)).toEqual([]);
    await page.locator('.hour').screenshot({ path: `build/screenshots/hour-of-64-${colorScheme}.png` });
    await page.locator('.deaths button').first().click();
    await page.getByText('Job completed.').waitFor();
    expect(await flaws(page, 'dialog')).toEqual([]);
    await screenshot(`drawer-${colorScheme}`);
  });

  test('shows hostile text as text', async () => {
    const daemon = await aDaemon(2);
    daemon.enters(0, 'busy', now, { jobName: HOSTILE });
    daemon.enters(1, 'busy', now, { jobName: HOSTILE });
    daemon.enters(1, 'finished', now + 1);
    daemon.ends(1, now + 2, HOSTILE, { jobName: HOSTILE }, `${HOSTILE}\n</pre><script>alert(3)</script>`);
    daemon.looked(now + 2, failing('create-instance', 'linux', HOSTILE, now + 600_000));
    const { page } = await open(daemon);
    await cell(page, 0, 'busy').getByText(SHOWN).waitFor();
    await page.locator('.note-trouble').getByText(SHOWN).waitFor();
    await page.locator('.deaths').getByText(`${SHOWN}: ${SHOWN}`).waitFor();
    await page.locator('.deaths button').first().click();
    await page.locator('pre').getByText(`${SHOWN}\n</pre><script>alert(3)</script>`).waitFor();
    expect(await page.locator('img, iframe, body script, [onerror]').count()).toBe(0);
  });

  test('is not live while nobody sees it, and says how long it has not been once somebody does', async () => {
    const daemon = await aDaemon(1);
    const { page } = await open(daemon);
    const isSeen = (seen: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, value: ${!seen} });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    const says = (text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor();
    await says('live');
    await isSeen(false);
    await says('connecting to the daemon');
    await isSeen(true);
    await says('live');
    await isSeen(false);
    await daemon[Symbol.asyncDispose]();
    await page.clock.setSystemTime(Date.now() + 3_600_000);
    const laterHour = new Date(Date.now() + 3_600_000).toLocaleTimeString('en-GB').slice(0, 3);
    await isSeen(true);
    const lost = page.getByText(/not live since/);
    await lost.waitFor();
    expect(await lost.textContent()).not.toContain(`since ${laterHour}`);
  });

  test('says when the daemon is gone, and shows what is once there is one again', async () => {
    const first = await aDaemon(1);
    first.enters(0, 'idle', now);
    first.looked(now);
    const { page } = await open(first);
    await cell(page, 0, 'idle').waitFor();
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await page.getByText(/not live since/).waitFor();
    const second = await aDaemon(1, 0, port);
    second.enters(1, 'busy', now + 1);
    second.looked(now + 1);
    await cell(page, 1, 'busy').waitFor();
    expect(await cell(page, 0, 'idle').count()).toBe(0);
    await page.getByRole('status').getByText('live', { exact: true }).waitFor();
  });

  test('says of no agent that it lives which nobody sees any more', async () => {
    const first = await aDaemon(1);
    first.enters(0, 'idle', now);
    first.looked(now);
    const { page } = await open(first);
    await cell(page, 0, 'idle').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('It lives: its log is told by').waitFor();
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await drawer.getByText('It lived when the daemon was heard last.').waitFor();
    const second = await aDaemon(1, 0, port);
    second.looked(now + 1);
    await drawer.getByText('It is not there any more, and nothing is known of its end.').waitFor();
  });

  test('counts no age on while the daemon is gone, and says so wherever the reader is on the page', async () => {
    const daemon = await aDaemon(64, 4);
    liveThroughAnHour(daemon, 64, now);
    daemon.enters(5_000, 'idle', now);
    daemon.looked(now, failing('create-instance', 'linux', 'no space left', now + 600_000));
    const { page, screenshot } = await open(daemon, DESK);
    await page.clock.install();
    await page.reload();
    await cell(page, 5_000, 'idle').waitFor();
    await daemon[Symbol.asyncDispose]();
    const lost = page.getByText(/not live since .* as it was then/);
    await lost.waitFor();
    await page.clock.fastForward(3_600_000);
    expect(await cell(page, 5_000, 'idle').locator('.age').textContent()).toMatch(/^\d+\u00a0s$/);
    await page.getByText(/failed 3 times, again in \d+\u00a0min/).waitFor();
    await page.getByRole('heading', { name: 'Agents that ended' }).scrollIntoViewIfNeeded();
    expect(await page.evaluate('document.querySelector(".lost").getBoundingClientRect().top >= 0')).toBe(true);
    await screenshot('lost');
    expect(await flaws(page)).toEqual([]);
  });
});
