import { describe, expect, test } from 'vitest';
import { browserObstacle } from '../../test/browser.js';
import { nameOf } from '../../test/simulation/examples.js';
import { DESK, PHONE, useWatchedPages } from '../../test/watched-pages.js';

const obstacle = browserObstacle();
const title = obstacle === undefined ? 'a day' : `a day [skipped: ${obstacle}]`;
const HOUR_MS = 3_600_000;

/** Where it is the first hour of a day at this instant. */
function afterMidnight(now: number): string {
  const hour = new Date(now).getUTCHours();
  return hour <= 12 ? `Etc/GMT+${hour}` : `Etc/GMT-${24 - hour}`;
}

describe.skipIf(obstacle !== undefined)(title, () => {
  const { aDaemon, open } = useWatchedPages();
  const YESTERDAY = /^\w{3} \d+ \w{3,4} 23:\d\d:\d\d$/;

  test.each([
    ['desk', DESK],
    ['phone', PHONE],
  ])('stands beside the time of what was yesterday, and of nothing else, on a %s', async (name, screen) => {
    const now = Date.now();
    const daemon = await aDaemon(2);
    daemon.enters(0, 'busy', now - HOUR_MS - 60_000);
    daemon.looked(now - HOUR_MS - 60_000);
    daemon.ends(0, now - HOUR_MS);
    daemon.enters(1, 'busy', now - HOUR_MS);
    daemon.looked(now - HOUR_MS);
    daemon.enters(2, 'busy', now - 2);
    daemon.ends(2, now - 1);
    daemon.looked(now);
    const { page, screenshot } = await open(daemon, { ...screen, timezoneId: afterMidnight(now) });
    const ends = page.locator('.deaths time');
    await expect.poll(() => ends.count()).toBe(2);
    expect(await ends.first().textContent()).toMatch(/^00:\d\d:\d\d$/);
    expect(await ends.last().textContent()).toMatch(YESTERDAY);
    await page.locator('.timeline .ends span').first().getByText(YESTERDAY).waitFor();
    await page.getByText(/ old \(\w{3} \d+ \w{3,4} \d\d:\d\d\)$/).waitFor();
    await page.locator('.hour').screenshot({ path: `build/screenshots/midnight-${name}.png` });
    await page.locator(`[role=option][data-name="${nameOf(1)}"]`).click();
    await page
      .getByRole('dialog')
      .getByText(/from \w{3} \d+ \w{3,4} 23:/)
      .waitFor();
    await screenshot(`midnight-drawer-${name}`);
  });
});
