import type { Page } from 'playwright-core';
import { openWatched, startBrowser } from '../../packages/incus-azure-pipelines/test/browser.js';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import type { PoolStatus } from './daemon-status.js';
import { polled } from './polled.js';

/** How long an agent takes is up to the machine, and no test of it is to fail of half a minute. */
const WAIT_MS = 120_000;

/** The page of a daemon that runs, in a browser of its own. */
export interface SeenPage extends AsyncDisposable {
  readonly page: Page;
  /** Resolves once an agent is shown in a phase, with what its cell says. */
  shows(name: string, phase: string): Promise<string>;
  /** What it should not have done. */
  complaints(): Promise<readonly string[]>;
  screenshot(name: string): Promise<void>;
}

/** Opens the page of a daemon. */
export async function openPage(daemon: DaemonProcess): Promise<SeenPage> {
  const { httpPort } = await daemon.seen(line => line.msg === 'running');
  const browser = await startBrowser();
  try {
    const { complaints, page, screenshot } = await openWatched(browser, `http://127.0.0.1:${String(httpPort)}/`);
    page.setDefaultTimeout(WAIT_MS);
    return {
      page,
      async shows(name, phase) {
        const cell = page.locator(`[role=option][data-name="${name}"][data-phase="${phase}"]`);
        await cell.waitFor();
        return await cell.innerText();
      },
      complaints,
      screenshot,
      [Symbol.asyncDispose]: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Resolves once the page shows the very agents, in the very phases, that `status --json` tells. */
export async function whenAgreed({ page }: SeenPage, scenario: Scenario): Promise<void> {
  const shown = async () =>
    (await page.evaluate(
      "[...document.querySelectorAll('[role=option]')].map(cell => cell.dataset.name + ' ' + cell.dataset.phase)",
    )) as string[];
  const told = async () => {
    const { stdout } = await scenario.call('status', '--json');
    const { pools } = JSON.parse(stdout) as { readonly pools: readonly PoolStatus[] };
    return pools.flatMap(({ agents }) => agents.map(({ name, phase }) => `${name} ${phase}`));
  };
  await polled(
    async () => [await shown(), await told()].map(agents => agents.toSorted().join()),
    ([onPage, inStatus]) => onPage === inStatus,
  );
}
