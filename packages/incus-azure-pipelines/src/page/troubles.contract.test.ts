import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { browserObstacle } from '../../test/browser.js';
import { failing } from '../../test/pretend-daemon.js';
import { aReadQueue, aWaiting } from '../../test/queue-examples.js';
import { DESK, flaws, PHONE, useWatchedPages } from '../../test/watched-pages.js';

const obstacle = browserObstacle();
const title = obstacle === undefined ? 'trouble' : `trouble [skipped: ${obstacle}]`;
const GIB = 2 ** 30;
/** For the browser: of what scrolls and has the focus. */
const SCROLLED_TO_END =
  '(e => e.scrollTop > 0 && e.scrollTop + e.clientHeight >= e.scrollHeight - 1)(document.activeElement)';

describe.skipIf(obstacle !== undefined)(title, () => {
  const { aDaemon, open } = useWatchedPages();
  let now: number;
  beforeEach(() => {
    now = Date.now();
  });

  const told = (page: Page, log: string) => page.getByRole('log', { name: log }).locator('p').allTextContents();

  test('is told once when it begins and once when it is over, to who does not see it', async () => {
    const daemon = await aDaemon(1);
    daemon.looked(now);
    const { page } = await open(daemon);
    await page.getByText('0 of 1', { exact: true }).waitFor();
    expect(await told(page, 'Trouble')).toEqual([]);
    for (const error of ['no space left', 'no space left at all']) {
      daemon.looked(now, failing('create-instance', 'linux', error, now + 600_000));
      await page.locator('.note-trouble').getByText(`: ${error}`).filter({ visible: true }).waitFor();
    }
    const begun = 'linux: create-instance of linux failed 3 times: no space left';
    expect(await told(page, 'Trouble')).toEqual([begun]);
    daemon.looked(now);
    await expect.poll(() => told(page, 'Trouble')).toEqual([begun, `over: ${begun}`]);
    expect(await told(page, 'Alarms')).toEqual([]);
  });

  test('that keeps all from going on is told at once', async () => {
    const daemon = await aDaemon(1);
    const { page } = await open(daemon);
    daemon.looked(now, {}, { incus: { readable: false, since: 0, error: 'no answer' } });
    await expect.poll(() => told(page, 'Alarms')).toEqual(['Incus cannot be read: no answer']);
  });

  test('that takes many lines to tell can be read to its end, by keyboard too', async () => {
    const daemon = await aDaemon(1);
    const error = `${'the script said no\n'.repeat(80)}and that is all`;
    daemon.looked(now, failing('build-base', 'base-1', error, now + 600_000));
    const { page } = await open(daemon, PHONE);
    const whole = page.locator('.note-trouble').getByRole('region');
    await whole.focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.evaluate(SCROLLED_TO_END)).toBe(true);
    expect(await whole.innerText()).toMatch(/and that is all$/);
    expect(await flaws(page)).toEqual([]);
  });

  test.each([
    ['desk', DESK],
    ['phone', PHONE],
  ])('stands above the agents, with the jobs that wait and what the host keeps, on a %s', async (name, screen) => {
    const daemon = await aDaemon(2);
    const ofJobs = (n: number) => aWaiting(4_000 + n, { jobName: `Build ${n}`, queuedAt: now - (n + 1) * 60_000 });
    const waiting = Array.from({ length: 60 }, (_, n) => ofJobs(n));
    const host = { readAt: now, memoryBytes: { free: 5 * GIB, kept: 4 * GIB }, holdsBack: ['linux'] };
    daemon.looked(now, aReadQueue(waiting), { host });
    const { page, screenshot } = await open(daemon, screen);
    await page.getByText(/^the host has no room for more of linux, as of .*: 5\sGiB of memory free/).waitFor();
    const jobs = page.locator('details', { hasText: '60 jobs queued' });
    await jobs.getByText(/the first one waits for 1\sh/).waitFor();
    await jobs.locator('summary').click();
    const first = jobs.getByRole('row').nth(1);
    await first.getByText('4059', { exact: true }).waitFor();
    await first.getByText('Build 59', { exact: true }).waitFor();
    await first.getByText(/^1\sh/).waitFor();
    await jobs.getByText('and 10 more that came after these').waitFor();
    await screenshot(`queue-${name}`);
    expect(await flaws(page)).toEqual([]);
  });
});
