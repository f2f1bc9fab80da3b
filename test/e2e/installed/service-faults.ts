import { expect, test } from 'vitest';
import { told } from '../../../testbed/told-commands.js';
import { agentsOnline } from '../waiting.js';
import { NAME, type PackageHost } from './package-host.js';

/** What a person who looks in twice a year finds with `status`, `explain` and `doctor` alone. */
export function theFaultsOfAService(on: () => PackageHost): void {
  const asked = async () => ({
    status: await on().tell(`${NAME} status`),
    explained: await on().tell(`${NAME} explain default`),
    doctor: await on().tell(
      `${told('docs/how-to/find-what-is-wrong.md#find-what-is-wrong').script()} || echo "code $?"`,
    ),
  });

  test('says of a wrong token that it is refused and which one to make, and uses a new one without a new start', async () => {
    const { host, scenario } = on();
    const before = await on().mainPid();
    scenario.emulator.replaceToken('made-anew-by-a-person');
    await host.journalShows(NAME, 'cannot be read');
    const { status, explained, doctor } = await asked();
    expect(status).toMatch(/^ {2}Azure cannot be read since .*: .*the token was refused/m);
    expect(explained).toMatch(/^Azure cannot be read since .*, so no agent is ended .*: .*the token was refused/);
    expect(doctor).toMatch(/^red +azure-token +.*the token was refused.*\n +-> make a token with the scope/m);
    expect(doctor).toContain('code 2');
    await host.push('/root/NEW', `${scenario.emulator.token}\n`);
    await on().tell(told('docs/how-to/install.md#change-the-token').script());
    await host.journalShows(NAME, 'cannot be read', 'can be read again');
    expect(await on().mainPid()).toBe(before);
  });

  test('says of a base whose script is broken which one and how it ended, while agents go on', async () => {
    const { host, scenario } = on();
    await host.push(`/etc/${NAME}/tools.sh`, 'echo fetching the tools\nexit 3\n');
    await on().writeConfig({ provisionScripts: [`/etc/${NAME}/tools.sh`] });
    await on().tell(told('docs/how-to/operate.md#change-the-configuration').script());
    await host.run(`until ${NAME} status | grep 'build-base failed'; do sleep 0.5; done`);
    await agentsOnline(scenario.emulator, 1);
    const { status, explained, doctor } = await asked();
    const why =
      'run provision script "/etc/incus-azure-pipelines/tools.sh" in base ".*": it ended with code 3; its last lines:';
    const last = `failed (?:once|\\d+ times), .*: ${why}\nfetching the tools$`;
    expect(status).toMatch(new RegExp(`^ {2}build-base ${last}`, 'm'));
    expect(explained).toMatch(new RegExp(`^build-base of .* ${last}`, 'm'));
    expect(doctor).toMatch(
      new RegExp(`^yellow +daemon +build-base in pool default failed .*: ${why}\n +fetching the tools$`, 'm'),
    );
    await host.run(`rm /etc/${NAME}/tools.sh`);
    await on().writeConfig();
    await on().tell(told('docs/how-to/operate.md#change-the-configuration').script());
  });
}
