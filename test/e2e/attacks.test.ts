import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOut, HOSTILE } from '../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';
import { forgeries } from '../../packages/incus-azure-pipelines/src/doctor/attacks/forged.js';
import { devices, limits, settings, views } from '../../packages/incus-azure-pipelines/src/doctor/attacks/kernel.js';
import { arrivals } from '../../packages/incus-azure-pipelines/src/doctor/attacks/marked-frames.js';
import { quotas, sharedKernel } from '../../packages/incus-azure-pipelines/src/doctor/attacks/shared-kernel.js';
import { FORKS_FACT, forkScript } from '../../packages/incus-azure-pipelines/src/doctor/attacks/taking.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { runCommand } from '../../testbed/run-command.js';
import { asAJob, guestApi, type NeighbourAttack } from './attacks/guest-api.js';
import { type Scene, startScene } from './attacks/scene.js';
import { agentsOnline } from './waiting.js';

describeOnIncus('from inside, as root,', testbed => {
  let scene: Scene;
  beforeAll(async () => {
    // With docker and IPv6, for which Incus lets a guest do more: what is refused there is refused without them, too.
    scene = await startScene(testbed(), { docker: true, network: { ipv6: true } });
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  /** Carries out a table of attacks in the attacker's guest, one test each. */
  function facts(title: string, attacks: readonly NeighbourAttack[], within?: typeof asAJob): void {
    describe(title, () => {
      let printed: readonly string[];
      beforeAll(async () => {
        const { attacker, victim, scenario } = scene;
        const monitored = (name: string) => `${testbed().directory}/containers ${scenario.project}_${name}`;
        const scripts = attacks.map(({ script }) =>
          typeof script === 'string' ? script : script({ victim, monitored }),
        );
        printed = await carryOut(scenario.incus, attacker.name, scripts, within && { within });
      });
      test.each(attacks.map(({ fact, shows }, n) => [fact, n, shows] as const))('%s', (_, n, shows) => {
        expect(printed[n]).toMatch(shows);
      });
    });
  }

  facts('at the devices:', devices);
  facts('at the settings of the kernel:', settings);
  facts('at what can be seen:', views);
  facts('at the limits:', limits);
  facts('at what all share:', [...quotas, ...sharedKernel, forks]);
  facts('at the socket of Incus:', guestApi, asAJob);

  test('a guest hears of no key of its neighbour', async () => {
    const { attacker, scenario, victim } = scene;
    const { instances } = scenario.incus;
    let begun = () => {};
    const listening = new Promise<void>(resolve => {
      begun = resolve;
    });
    const heard = scenario.incus.exec(attacker.name, {
      command: asAJob(['bash', '-c', FIRST_EVENT]),
      onStderr: text => Buffer.from(text).includes('200 OK') && begun(),
    });
    await listening;
    await instances.patch(victim.name, { config: { 'user.changed': 'neighbour' } });
    await instances.patch(attacker.name, { config: { 'user.changed': 'own' } });
    expect((await heard).stdout).toMatch(/^[^\n]*"key":"user\.changed"[^\n]*"value":"own"[^\n]*\n$/);
  });

  test('a guest finds no secret in its keys', async () => {
    const { attacker, scenario } = scene;
    const [keys = ''] = await carryOut(scenario.incus, attacker.name, [ALL_KEYS], { within: asAJob });
    const { instance } = await scenario.incus.instances.get(attacker.name);
    expect(keys).toContain(instance.config['user.iap.owner']);
    expect(keys).not.toContain(scenario.emulator.token);
  });

  test("a guest cannot read its neighbour's keyring", async () => {
    const { attacker, scenario, victim } = scene;
    const add = `perl ${HOSTILE} call add_key user secret hush 4 -4`;
    const [added = ''] = await carryOut(scenario.incus, victim.name, [add]);
    const serial = /done (\d+)/.exec(added)?.[1];
    expect(serial).toBeDefined();
    const read = `perl ${HOSTILE} call keyctl 11 ${serial} BUFFER 4096`;
    const printed = [
      await carryOut(scenario.incus, victim.name, [read]),
      await carryOut(scenario.incus, attacker.name, [read]),
    ];
    expect(printed.flat()).toEqual([
      expect.stringContaining('hush'),
      expect.stringMatching(/required key not available|permission denied/i),
    ]);
  });

  test('a guest can forge no more where the bridge has IPv6', async () => {
    const arrived = await arrivals({ ...scene, incus: scene.scenario.incus }, forgeries);
    expect(arrived).toEqual(forgeries.map(() => false));
  });

  test("a guest's program of root cannot be run by others on the host", async () => {
    const { attacker, scenario } = scene;
    await carryOut(scenario.incus, attacker.name, ['cp /bin/true /root/evil; chmod 755 /root; chmod 4755 /root/evil']);
    const containers = join(testbed().directory, 'storage-pools/default/containers');
    const evil = join(containers, `${scenario.project}_${attacker.name}`, 'rootfs/root/evil');
    expect((await stat(evil)).mode & 0o4000).toBe(0o4000);
    // setpriv itself keeps its rights until it runs something.
    const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', 'bash', '-c'];
    await expect(runCommand('setpriv', [...asNobody, evil])).rejects.toThrow('Permission denied');
  });

  test("a guest cannot fill the host's disk by its console", async () => {
    const { attacker, scenario } = scene;
    const [wrote] = await carryOut(scenario.incus, attacker.name, [
      `head --bytes 4M /dev/zero | tr '\\0' x > /dev/console; echo "\${PIPESTATUS[*]}"`,
    ]);
    expect(wrote).toBe('0 0');
    const log = join(testbed().directory, 'logs', `${scenario.project}_${attacker.name}`, 'console.log');
    expect((await stat(log)).size).toBeLessThan(2 ** 20);
  });

  test('the job of the neighbour goes on through all this, and the next agent comes', async () => {
    const { attacker, scenario, victim } = scene;
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: victim.name });
    await scenario.incus.files.push(attacker.name, '/tmp/go', '');
    for (const { name } of [attacker, victim])
      await scene.daemon.seen(line => line.msg === 'agent gone' && line.agent === name);
    await agentsOnline(scenario.emulator, 2);
  });
});

const forks = {
  fact: FORKS_FACT,
  script: forkScript(20_000),
  shows: /^forked [12]?\d{1,2}: resource temporarily unavailable/i,
};
const CURL = 'curl --silent --max-time 20 --unix-socket /dev/incus/sock';
const FIRST_EVENT = `exec 3< <(${CURL} --no-buffer --verbose http://incus/1.0/events); head -n 1 <&3; kill $!`;
const ALL_KEYS = `for key in $(${CURL} http://incus/1.0/config | tr '[",]' ' '); do ${CURL} http://incus$key; echo; done`;
