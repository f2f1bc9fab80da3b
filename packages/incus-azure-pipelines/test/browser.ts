import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const SCREENSHOTS = join(import.meta.dirname, '../../../build/screenshots');

/** Why no browser can be started here; undefined where one can. */
export function browserObstacle(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}`;
}

/** Starts the distribution's own Chromium. It runs as root here, and so without its sandbox: it sees our own page alone. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-background-networking'] });
}

/** A page of the browser that writes down whatever it should not have done. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Requests to elsewhere, breaches of the policy, errors, dialogs: one line each. */
  readonly complaints: () => Promise<readonly string[]>;
  readonly screenshot: (name: string) => Promise<void>;
}

/** Opens an address and watches all that comes of it. */
export async function openWatched(
  browser: Browser,
  url: string,
  how: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...how });
  const page = await context.newPage();
  const told: string[] = [];
  page.on('request', request => request.url().startsWith(url) || told.push(`request to ${request.url()}`));
  page.on('pageerror', error => told.push(`error: ${error.message}`));
  page.on('dialog', dialog => {
    told.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(`
    window.breaches = [];
    document.addEventListener('securitypolicyviolation', breach => {
      window.breaches.push('policy: ' + breach.effectiveDirective + ' ' + breach.blockedURI + ' ' + breach.sample);
    });
  `);
  await page.goto(url);
  return {
    page,
    complaints: async () => [...told, ...((await page.evaluate('window.breaches')) as string[])],
    screenshot: async name => void (await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
