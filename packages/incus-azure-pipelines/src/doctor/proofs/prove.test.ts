import { expect, test } from 'vitest';
import { aHost, aNetwork, aProject, aServer } from '../../../test/doctor-facts.js';
import { ScriptedIncus, STARTED, WAIT } from '../../../test/scripted-incus.js';
import { aPool } from '../../../test/simulation/examples.js';
import { WayOut } from '../../lib/way-out.js';
import type { DaemonSpec } from '../../model/pool.js';
import type { Progress } from '../../model/progress.js';
import type { GuestPlace } from '../try-guests.js';
import type { Proof } from './proof.js';
import { placeOf, prove } from './prove.js';

const DONE = { id: STARTED.id, status_code: 200, metadata: { return: 0 } };
const clock = { now: () => 0, sleep: async () => {} };

function placeIn(incus: ScriptedIncus, sources: GuestPlace['sources']): GuestPlace {
  const spec = { project: 'ci', pools: [], network: { allow: [] } } as unknown as DaemonSpec;
  const about = {
    project: aProject({ network: aNetwork() }),
    host: aHost(),
    isolationOff: undefined,
    wayOut: new WayOut(),
    clock,
  };
  return { incus: incus.client, spec, sources, ...about };
}

const source: GuestPlace['sources'][number] = {
  source: { type: 'copy', source: 'a-base' },
  from: 'base a-base',
  docker: true,
  spec: aPool(),
  pools: [aPool()],
  profile: { rootDisk: {}, nic: { name: 'eth0', device: {} } },
};

async function proven(incus: ScriptedIncus, sources: GuestPlace['sources'], signal = new AbortController().signal) {
  const [proofs, steps, findings]: [Proof[], Progress[], string[]] = [[], [], []];
  const prover = { onProof: (proof: Proof) => proofs.push(proof), onProgress: (step: Progress) => steps.push(step) };
  for await (const { check, colour, says } of prove(placeIn(incus, sources), prover, signal))
    findings.push(`${colour} ${check}: ${says}`);
  return { proofs, steps, findings };
}

test('where there is no room for two guests, all proofs are told as not tried, with the reason', async () => {
  await using incus = await ScriptedIncus.start(call =>
    call === 'POST /1.0/instances' ? 'Reached maximum number of instances' : call === WAIT ? DONE : STARTED,
  );
  const { findings, proofs, steps } = await proven(incus, [source]);
  expect(proofs.map(({ kind, trials }) => [kind, trials.map(({ outcome }) => outcome)])).toEqual(
    ['docker', 'isolation', 'limits', 'memory'].map(kind => [kind, ['untried']]),
  );
  expect(findings).toHaveLength(4);
  for (const finding of findings) expect(finding).toMatch(/^grey proof-\w+: 1 not tried: .*Reached maximum/);
  expect(steps[0]).toMatchObject({ kind: 'step', step: 1, of: 5, text: 'base a-base: makes two guests' });
});

test('without a base nothing is made', async () => {
  await using incus = await ScriptedIncus.start(() => STARTED);
  const image = { ...source, source: { type: 'image', fingerprint: 'f1' } } as const;
  expect((await proven(incus, [image])).findings).toEqual([
    'grey proofs: there is no base to make guests from: "base build"',
  ]);
  expect(incus.calls).toEqual([]);
});

test('when it is stopped, both guests are deleted, and no proof is told', async () => {
  await using incus = await ScriptedIncus.start(call => (call === WAIT ? DONE : STARTED));
  const stop = new AbortController();
  stop.abort(new Error('stopped'));
  await expect(proven(incus, [source], stop.signal)).rejects.toThrow('stopped');
  expect(incus.calls.filter(({ call }) => call.startsWith('DELETE'))).toHaveLength(2);
});

test('the place is told by what Incus and the host say, and what they do not say is unknown', () => {
  const server = aServer({
    os_name: 'Debian GNU/Linux',
    os_version: '13',
    kernel_version: '6.12.1',
    architectures: ['x86_64'],
    firewall: 'nftables',
  });
  const project = aProject({ network: aNetwork({ config: { 'security.acls': 'apart' } }) });
  const blockers = { known: true, value: [{ hook: 'input', by: 'ufw', chain: 'filter INPUT' }] } as const;
  expect(placeOf(server, project, aHost({ blockers, incusPackage: '6.0.6-1' }))).toMatchObject({
    host: 'Debian GNU/Linux 13 x86_64',
    kernel: '6.12.1',
    incus: '6.0.6 (package 6.0.6-1)',
    containers: 'unknown',
    storage: expect.stringContaining('btrfs (pool fast)'),
    firewall: 'nftables beside filter INPUT of ufw',
    network: 'incusbr0 with rules of setup or others',
  });
});
