import { expect, test } from 'vitest';
import { type IdleMinute, idleFigures } from './idle-figures.js';

function minute(agentCount: number, change: Partial<IdleMinute> = {}): IdleMinute {
  return {
    agentCount,
    cpuMs: 300,
    residentBytes: 80 * 1024 ** 2,
    held: { sockets: 5, children: 0 },
    toAzure: 6,
    toIncus: new Map([['GET /1.0/instances', 4]]),
    ...change,
  };
}

/** The figures that are not met. */
function missed(...minutes: readonly IdleMinute[]): readonly string[] {
  return idleFigures(minutes).flatMap(({ figure, isMet }) => (isMet === false ? [figure] : []));
}

test('a daemon that costs the same with many agents as with one meets every goal', () => {
  expect(missed(minute(1), minute(8), minute(32))).toEqual([]);
  expect(idleFigures([minute(1), minute(32, { toAzure: 7 })])).toContainEqual(
    expect.objectContaining({ figure: 'calls to Azure per minute and pool, 1, 32 idle agents', measured: '6, 7' }),
  );
});

test.each([
  ['sockets', { held: { sockets: 7, children: 0 } }, 'daemon: sockets held with 1, 32 idle agents'],
  ['processes', { held: { sockets: 5, children: 1 } }, 'daemon: child processes with 1, 32 idle agents'],
  ['calls to Azure', { toAzure: 8 }, 'calls to Azure per minute and pool, 1, 32 idle agents'],
  [
    'calls to Incus',
    { toIncus: new Map([['GET /1.0/instances', 32]]) },
    'calls to Incus per minute, 1, 32 idle agents',
  ],
  ['time on the cores', { cpuMs: 501 }, 'daemon: CPU over 60 s, 32 idle agents'],
  ['memory', { residentBytes: 91 * 1024 ** 2 }, 'daemon: resident memory, 32 idle agents'],
] as const)('more %s with more agents is no goal met', (_, change, figure) => {
  expect(missed(minute(1), minute(32, change))).toEqual([figure]);
});

test('a call that nobody has accounted for is no goal met', () => {
  const calls = new Map([['GET /1.0/metrics', 4]]);
  expect(missed(minute(1, { toIncus: calls }), minute(32, { toIncus: calls }))).toEqual([
    'calls to Incus per minute, 32 idle agents',
  ]);
});
