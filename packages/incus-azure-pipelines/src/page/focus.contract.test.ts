import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { browserObstacle } from '../../test/browser.js';
import type { PretendDaemon } from '../../test/pretend-daemon.js';
import { nameOf } from '../../test/simulation/examples.js';
import { useWatchedPages } from '../../test/watched-pages.js';

const obstacle = browserObstacle();
const title = obstacle === undefined ? 'the focus' : `the focus [skipped: ${obstacle}]`;

describe.skipIf(obstacle !== undefined)(title, () => {
  const { aDaemon, open } = useWatchedPages();
  let now: number;
  beforeEach(() => {
    now = Date.now();
  });

  const cell = (page: Page, n: number) => page.locator(`[role=option][data-name="${nameOf(n)}"]`);
  /** What has the focus, by its name, its label or its text. */
  const focused = (page: Page) =>
    page.evaluate(
      '(e => e.dataset.name ?? e.getAttribute("aria-label") ?? e.textContent)(document.activeElement)',
    ) as Promise<string>;

  async function aPageOf(agents: number): Promise<{ daemon: PretendDaemon; page: Page }> {
    const daemon = await aDaemon(agents);
    for (let n = 0; n < agents; n += 1) daemon.enters(n, 'idle', now);
    daemon.looked(now);
    const { page } = await open(daemon);
    await cell(page, agents - 1).waitFor();
    return { daemon, page };
  }

  async function goes(daemon: PretendDaemon, page: Page, ...agents: readonly number[]): Promise<void> {
    for (const n of agents) daemon.leaves(n, now + 1);
    daemon.looked(now + 1);
    for (const n of agents) await cell(page, n).waitFor({ state: 'detached' });
  }

  test('goes to the neighbour of an agent that goes, also when others went before it', async () => {
    const { daemon, page } = await aPageOf(5);
    await cell(page, 3).focus();
    await goes(daemon, page, 0, 1);
    expect(await focused(page)).toBe(nameOf(3));
    await goes(daemon, page, 3);
    expect(await focused(page)).toBe(nameOf(4));
    await goes(daemon, page, 4);
    expect(await focused(page)).toBe(nameOf(2));
  });

  test('goes to the pool when its last agent goes', async () => {
    const { daemon, page } = await aPageOf(1);
    await cell(page, 0).focus();
    await goes(daemon, page, 0);
    expect(await focused(page)).toBe('Pool linux');
  });

  describe.each(['moves', 'takes out and puts in'])('in a browser that %s what stands elsewhere', way => {
    test.each([0, 1, 2])('stays at agent %i when all come to stand elsewhere in their pool', async n => {
      const { daemon, page } = await aPageOf(3);
      if (way !== 'moves') await page.evaluate('delete Element.prototype.moveBefore');
      await cell(page, n).focus();
      daemon.looked(now + 1, { agents: daemon.seenInTurn([2, 1, 0], now + 1) });
      await expect.poll(() => page.locator('[role=option]').last().getAttribute('data-name')).toBe(nameOf(0));
      expect(await focused(page)).toBe(nameOf(n));
    });
  });

  test('comes back from the drawer to the neighbour of an agent that went meanwhile', async () => {
    const { daemon, page } = await aPageOf(3);
    await cell(page, 1).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await goes(daemon, page, 1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe(nameOf(2));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe(nameOf(2));
  });

  test('goes to the next of the agents that ended when one leaves the list', async () => {
    const { daemon, page } = await aPageOf(14);
    for (let n = 0; n < 12; n += 1) daemon.ends(n, now + 1 + n);
    daemon.looked(now + 13);
    const ends = page.locator('.deaths button');
    await expect.poll(() => ends.count()).toBe(12);
    await ends.last().focus();
    expect(await focused(page)).toBe(nameOf(0));
    daemon.ends(12, now + 14);
    daemon.looked(now + 14);
    await page.locator('.deaths').getByText(nameOf(12)).waitFor();
    expect(await focused(page)).toBe(nameOf(1));
  });

  test('is not taken from nowhere when the reader has left it', async () => {
    const { daemon, page } = await aPageOf(2);
    await cell(page, 0).focus();
    await page.evaluate('document.activeElement.blur()');
    await goes(daemon, page, 0);
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
  });
});
