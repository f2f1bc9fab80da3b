import { describe, expect, test } from 'vitest';
import { browserObstacle } from '../../test/browser.js';
import { liveThroughAnHour } from '../../test/busy-hour.js';
import { illegible } from '../../test/legibility.js';
import { DESK, flaws, PHONE, useWatchedPages } from '../../test/watched-pages.js';

const obstacle = browserObstacle();
const title = obstacle === undefined ? 'the page' : `the page [skipped: ${obstacle}]`;
const SCREENS = { desk: DESK, phone: PHONE };

describe.skipIf(obstacle !== undefined)(title, () => {
  const { aDaemon, open } = useWatchedPages();

  test.each([
    [64, 'desk', 'light'],
    [600, 'desk', 'light'],
    [600, 'desk', 'dark'],
    [24, 'phone', 'light'],
    [64, 'phone', 'light'],
    [64, 'phone', 'dark'],
    [600, 'phone', 'light'],
    [600, 'phone', 'dark'],
  ] as const)('shows %i agents on the screen of a %s, in %s', async (agents, screen, colorScheme) => {
    const daemon = await aDaemon(agents, Math.ceil(agents / 16));
    liveThroughAnHour(daemon, agents, Date.now());
    const { page, screenshot } = await open(daemon, { colorScheme, ...SCREENS[screen] });
    await page.getByText(/places filled again/).waitFor();
    await screenshot(`${agents}-agents-${screen}-${colorScheme}`);
    await page
      .locator('.hour')
      .screenshot({ path: `build/screenshots/${agents}-agents-${screen}-${colorScheme}-hour.png` });
    expect(await page.locator('[role=option]').count()).toBeGreaterThanOrEqual(agents);
    // What a small cell has no room for, it says.
    const busy = page.locator('[role=option][data-phase=busy]').first();
    const said = (await busy.getAttribute('aria-label')) ?? (await busy.innerText());
    expect(said).toMatch(agents < 600 ? /^busy\n/ : /^host-a1b2c3-\S+, busy, .+, since \d\d:\d\d:\d\d$/);
    expect(await illegible(page)).toEqual([]);
    expect(await flaws(page)).toEqual([]);
  });
});
