import { expect, it } from 'vitest';
import { useConfigFolder } from '../test/config-folder.js';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';

const folder = useConfigFolder();
const run = useLongRun();

const isReadable = () =>
  run()
    .statusNow()
    .pools.every(({ azure }) => azure.readable);

it('another token in its file is used within a minute, by the daemon that runs', async () => {
  const { emulator, incus, time } = run();
  const tokenFile = await folder.write('token', emulator.token);
  incus.aliases.set('debian', 'f'.repeat(64));
  await run().beginWhole({ tokenFile });
  emulator.replaceToken('made-anew-by-a-person');
  await time.until(() => !isReadable(), MINUTE_MS);
  await time.pass(10 * MINUTE_MS);
  expect(isReadable()).toBe(false);
  await folder.write('token', emulator.token);
  await time.until(isReadable, MINUTE_MS);
});
