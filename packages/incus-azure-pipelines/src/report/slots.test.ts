import { expect, test } from 'vitest';
import { HANDOVER_MS, SlotAccount, type Slots, type SlotTime } from './slots.js';

/** What a pool of three adds up to that has so many agents from each instant on; `undefined` where nobody can tell. */
function total(...samples: readonly (readonly [at: number, available: number | undefined])[]): SlotTime {
  const account = new SlotAccount();
  let sum: SlotTime = { wantedMs: 0, availableMs: 0, handoverMs: 0 };
  for (const [at, available] of samples) {
    const slots: Slots | undefined = available === undefined ? undefined : { wanted: 3, available };
    const more = account.sample(at, slots);
    sum = {
      wantedMs: sum.wantedMs + more.wantedMs,
      availableMs: sum.availableMs + more.availableMs,
      handoverMs: sum.handoverMs + more.handoverMs,
    };
  }
  return sum;
}

test('counts each place for as long as it is wanted and taken', () => {
  expect(total([1_000, 3], [3_000, 3])).toEqual({ wantedMs: 6_000, availableMs: 6_000, handoverMs: 0 });
});

test('nothing counts before the first sample', () => {
  expect(total([1_000_000, 3])).toEqual({ wantedMs: 0, availableMs: 0, handoverMs: 0 });
});

test('a place that is filled again soon was handed over', () => {
  expect(total([0, 2], [4_000, 3])).toEqual({ wantedMs: 12_000, availableMs: 8_000, handoverMs: 4_000 });
});

test('a place that stays empty for longer is lost from its beginning', () => {
  expect(total([0, 2], [HANDOVER_MS, 2], [HANDOVER_MS + 1, 3]).handoverMs).toBe(0);
  expect(total([0, 2], [HANDOVER_MS, 3]).handoverMs).toBe(HANDOVER_MS);
});

test('a lost place is not made up for by others that come and go', () => {
  const churn = [1, 2, 1, 2, 1, 2, 1, 2].map((available, turn) => [turn * 2_000, available] as const);
  // One place is empty all the time; the other one four times, for 2 s each.
  expect(total(...churn, [16_000, 3])).toEqual({ wantedMs: 48_000, availableMs: 24_000, handoverMs: 8_000 });
});

test('agents that nobody wants make up for no empty place', () => {
  expect(total([0, 4], [1_000, 2], [21_000, 3])).toMatchObject({ wantedMs: 63_000, availableMs: 43_000 });
});

test('a time in which nobody can tell counts in nothing, and lets no place grow older', () => {
  const seen = total([0, 2], [6_000, undefined], [60_000, 2], [64_000, 3]);
  expect(seen).toEqual({ wantedMs: 30_000, availableMs: 20_000, handoverMs: 10_000 });
});

test('a clock that is set back adds nothing', () => {
  expect(total([10_000, 3], [5_000, 3], [6_000, 3]).wantedMs).toBe(3_000);
});
