import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.js';

// Tests import the sources, so that a failure points at the line somebody wrote.
const resolve = { conditions: ['source', 'module', 'node'] };
const ssr = { resolve: { conditions: ['source', 'module', 'node'], externalConditions: ['node'] } };

// A test's suffix says what it needs: nothing (.test.ts), the emulator over HTTP (.contract.test.ts), a real Incus
// (.incus.test.ts). Groups run one after the other: quick answers first.
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve,
        ssr,
        test: { name: 'floors', include: ['test/*.test.ts'], sequence: { groupOrder: 0 } },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', '{testbed,demo,bench,chaos,soak,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.contract.test.ts', '**/*.incus.test.ts'],
          // Loading the program takes its time on a busy machine; no unit test waits for anything else.
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'contract',
          include: ['packages/*/**/*.contract.test.ts', 'packages/*/**/*.incus.test.ts', 'testbed/**/*.incus.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: ['./testbed/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          // They wait for Incus and for clocks more than they compute.
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['./testbed/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // Much of their time they wait for others: boots, grace periods, back-off.
          maxWorkers: 4,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
