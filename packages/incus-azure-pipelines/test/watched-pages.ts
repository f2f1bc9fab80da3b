import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openWatched, startBrowser, type WatchedPage } from './browser.js';
import { PretendDaemon } from './pretend-daemon.js';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESK = { viewport: { width: 1400, height: 1000 } };

/** Daemons, and pages of them in one browser, for the tests of a file; each goes with its test. */
export function useWatchedPages() {
  let browser: Browser;
  const stack: AsyncDisposable[] = [];
  const watched: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** Whatever a test looked at, the page asked nobody else, broke no rule of its policy, and did not fail. */
  afterEach(async () => {
    const complaints = await Promise.all(watched.splice(0).map(each => each.complaints()));
    for (const each of stack.splice(0).toReversed()) await each[Symbol.asyncDispose]();
    expect(complaints.flat()).toEqual([]);
  });

  return {
    aDaemon: async (agentCount: number, reserve = 0, port = 0): Promise<PretendDaemon> => {
      const daemon = await PretendDaemon.start(agentCount, reserve, port);
      stack.push(daemon);
      return daemon;
    },
    open: async (daemon: PretendDaemon, how: BrowserContextOptions = {}): Promise<WatchedPage> => {
      const opened = await openWatched(browser, daemon.url, how);
      stack.push(opened);
      watched.push(opened);
      return opened;
    },
  };
}

/** What axe finds wrong with the page as it is now, one line each. */
export async function flaws(page: Page, part = 'html'): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run('${part}')`);
  const { violations } = found as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ failureSummary, html }) => `${id}: ${html} ${failureSummary}`),
  );
}
