/**
 * Tells how long the page takes to show what changes, for the bench, as JSON; it is told how many agents there are, and in which
 * folder the built page is. Beside it a bare page that has nothing but one event source and one element to show.
 */
import type { Browser, Page } from 'playwright-core';
import { BarePage } from './bare-page.js';
import { openWatched, startBrowser } from './browser.js';
import { liveThroughAnHour } from './busy-hour.js';
import { PretendDaemon } from './pretend-daemon.js';
import { nameOf } from './simulation/examples.js';

const CHANGES = 20;
/** The numbers of those that change are beyond those of the hour before. */
const FIRST = 100_000;
const VIEW = { viewport: { width: 1400, height: 1000 } };

const [, , agents, folder] = process.argv;
const browser = await startBrowser();
try {
  const page = await ofThePage(browser, Number(agents));
  process.stdout.write(`${JSON.stringify({ page, floor: await ofABarePage(browser) })}\n`);
} finally {
  await browser.close();
}

/** One agent after the other gets a job. */
async function ofThePage(browser: Browser, agents: number): Promise<readonly number[]> {
  await using daemon = await PretendDaemon.start(agents, 0, 0, folder);
  liveThroughAnHour(daemon, agents - CHANGES, Date.now());
  for (let n = FIRST; n < FIRST + CHANGES; n += 1) daemon.enters(n, 'idle', Date.now());
  daemon.looked(Date.now());
  await using opened = await openWatched(browser, daemon.url, VIEW);
  const cell = (n: number, phase: string) => `[role=option][data-name="${nameOf(n)}"][data-phase="${phase}"]`;
  await opened.page.locator(cell(FIRST, 'idle')).waitFor();
  return await timesOf(opened.page, index => {
    const n = FIRST + index;
    return {
      shown: cell(n, 'busy'),
      change: () => {
        const now = Date.now();
        daemon.enters(n, 'busy', now);
        daemon.looked(now);
      },
    };
  });
}

async function ofABarePage(browser: Browser): Promise<readonly number[]> {
  await using bare = await BarePage.start();
  await using opened = await openWatched(browser, bare.url, VIEW);
  await opened.page.locator(bare.shows('open')).waitFor();
  return await timesOf(opened.page, index => ({
    shown: bare.shows(String(index)),
    change: () => bare.tell(String(index)),
  }));
}

/** Milliseconds from each change until the browser has drawn the element that shows it, each as soon as the one before is drawn. */
async function timesOf(
  page: Page,
  changeOf: (index: number) => { readonly shown: string; readonly change: () => void },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < CHANGES; index += 1) {
    const { change, shown } = changeOf(index);
    await page.evaluate(watch(shown));
    const changedAt = Date.now();
    change();
    times.push(Number(await page.evaluate('window.drawnAt')) - changedAt);
  }
  return times;
}

/** For the browser, whose clock is that of this process. */
function watch(selector: string): string {
  return `
    window.drawnAt = new Promise(done => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(${JSON.stringify(selector)}) === null) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(Date.now())));
      });
      observer.observe(document.body, { attributes: true, childList: true, subtree: true });
    });
    undefined;
  `;
}
