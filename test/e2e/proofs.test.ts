import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
  NEIGHBOUR_FACT,
  OWN_BRIDGE_FACT,
  PRIVATE_PLACES,
} from '../../packages/incus-azure-pipelines/src/doctor/attacks/private-places.js';
import { DISK_FACT, FORKS_FACT } from '../../packages/incus-azure-pipelines/src/doctor/attacks/taking.js';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import { CORES_FACT } from '../../packages/incus-azure-pipelines/src/doctor/proofs/judge-limits.js';
import { ALONE_FACT, MEMORY_FACT } from '../../packages/incus-azure-pipelines/src/doctor/proofs/judge-memory.js';
import type { Proof, Trial } from '../../packages/incus-azure-pipelines/src/doctor/proofs/proof.js';
import { dockerTrials } from '../../packages/incus-azure-pipelines/src/doctor/proofs/prove-docker.js';
import { DaemonProcess, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { SHAPE } from './attacks/scene.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';

/** On a busy host. */
const DEADLINE_MS = 400_000;

describeOnIncus('doctor --prove', testbed => {
  let scenario: Scenario;
  beforeAll(async () => {
    const settings = { agentCount: 1, docker: true, registration: 'auto', ...SHAPE };
    scenario = await startWithBase({ ...testbed(), settings, confined: true });
    return () => scenario[Symbol.asyncDispose]();
  });

  test(
    'shows that guests of setup are apart, have docker and keep to their limits, tells what is open, and leaves nothing',
    async () => {
      const before = await scenario.instanceNames();
      const report = join(scenario.directory, 'report.md');
      const [call] = told('docs/how-to/find-what-is-wrong.md#prove-that-guests-are-kept-where-they-belong').lines(1, {
        FILE: report,
      });
      const args = [...call.split(' ').slice(1), '--config', scenario.configPath, '--json'];
      const { code, stderr, stdout } = await runProgram(args, { deadlineMs: DEADLINE_MS });
      const said = JSON.parse(stdout) as Said;
      expect(await scenario.instanceNames()).toEqual(before);
      expect(scenario.emulator.agents()).toEqual([]);

      const trials = said.proofs.flatMap(proof => proof.trials);
      const others = trials.filter(trial => !isAboutOthers(trial));
      expect(others.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const wanting = trials.filter(isWant);
      expect(others.filter(trial => trial.outcome !== 'passed' && !wanting.includes(trial))).toEqual([
        expect.objectContaining({ fact: OPEN_FACT, outcome: 'open', risk: expect.stringContaining('known to jobs') }),
        expect.objectContaining({ fact: DISK_FACT, outcome: 'open', remedy: expect.stringContaining('diskSizeInGb') }),
      ]);
      const shown = trials.filter(trial => trial.outcome === 'passed' || wanting.includes(trial));
      expect(SHOWN.filter(fact => !shown.some(trial => trial.fact === fact))).toEqual([]);

      expect(said).toMatchObject({ whole: true, report, place: { incus: expect.stringMatching(/^\d/) } });
      const reds = said.findings.filter(({ colour }) => colour === 'red');
      expect(reds.filter(() => !trials.some(({ outcome }) => outcome === 'failed'))).toEqual([]);
      expect(code).toBe(reds.length === 0 ? 0 : 2);
      expect(stderr).toMatch(/^1\/5 base \S+: makes two guests$/m);
      const written = await readFile(report, 'utf8');
      for (const fact of ['## Out of memory', MEMORY_FACT, 'Known to be open']) expect(written).toContain(fact);
    },
    DEADLINE_MS,
  );

  test('takes both guests back when it is stopped while it has them, and writes no report', async () => {
    const before = await scenario.instanceNames();
    const report = join(scenario.directory, 'none.md');
    const process = new DaemonProcess(['doctor', '--config', scenario.configPath, '--report', report]);
    await polled(
      () => scenario.instanceNames(),
      names => names.filter(name => name.startsWith('iap-doctor-')).length === 2,
    );
    expect(await process.end('SIGINT')).toBe(1);
    expect(process.stderr).toContain('stopping; what was made is taken back\n');
    expect(await scenario.instanceNames()).toEqual(before);
    await expect(access(report)).rejects.toThrow('ENOENT');
  });
});

interface Said {
  readonly whole: boolean;
  readonly findings: readonly Finding[];
  readonly proofs: readonly Proof[];
}

const OPEN_FACT = 'a guest reads how the host was started, and its load';
/** Some of each proof. */
const SHOWN = [
  OWN_BRIDGE_FACT,
  NEIGHBOUR_FACT,
  "a guest cannot read the kernel's log",
  'a guest sees no process of the host',
  'a guest has no block device',
  'a guest cannot tell its neighbour that it is the gateway',
  'a guest cannot say to others that it is a router of IPv6',
  "a guest cannot send with its neighbour's MAC",
  "a guest cannot send in its neighbour's name with the neighbour's IPv4 address",
  FORKS_FACT,
  CORES_FACT,
  MEMORY_FACT,
  ALONE_FACT,
  ...dockerTrials.map(({ fact }) => fact),
];

/** What this host has too little of to show it: memory, cores, or user ids. */
function isWant({ came, outcome }: Trial): boolean {
  return outcome === 'untried' && /of memory to spare|no more than the limit|share their user ids/.test(came);
}

/**
 * Other tests give this host public addresses meanwhile, which setup did not know; it may have no way to the outside; and
 * the emulated Azure, which guests may reach, has an address of it.
 */
function isAboutOthers({ came, fact, tried }: Trial): boolean {
  const isPrivate = PRIVATE_PLACES.some(place => place.fact === fact);
  return (
    came === 'network.allow lets guests reach it' ||
    (isPrivate && /no way to the outside|no route to it|link of its own/.test(came)) ||
    /^connect to (?:203\.0\.113|198\.51\.100)\./.test(tried)
  );
}
