import { expect, test } from 'vitest';
import { isWhole, slotTimeIn } from './pool-view.js';

/** A pool of two with agents in these phases. */
function aPool(...phases: readonly string[]) {
  return { agentCount: 2, agents: phases.map((phase, n) => ({ name: `a${n}`, phase })) };
}

test('a pool is whole with its agents idle, its reserve prepared, and nothing else', () => {
  expect(isWhole(aPool('idle', 'prepared', 'idle'), 1)).toBe(true);
  expect(isWhole(aPool('idle', 'busy', 'prepared'), 1)).toBe(false);
  expect(isWhole(aPool('idle', 'idle'), 1)).toBe(false);
  expect(isWhole(aPool('idle', 'idle', 'prepared', 'orphan'), 1)).toBe(false);
});

test('reads the slot-seconds from the metrics', () => {
  const text = [
    'iap_slot_seconds_wanted_total{pool="p"} 12.5',
    'iap_slot_seconds_available_total{pool="p"} 12',
    'iap_slot_seconds_handover_total{pool="p"} 0.25',
  ].join('\n');
  expect(slotTimeIn(text)).toEqual({ wantedMs: 12_500, availableMs: 12_000, handoverMs: 250 });
});
