import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.js';

// Tests import the sources, so that a failure points at the line somebody wrote.
const resolve = { conditions: ['source', 'module', 'node'] };
const ssr = { resolve: { conditions: ['source', 'module', 'node'], externalConditions: ['node'] } };

// Much of their time the tests of Incus wait for others: boots, grace periods, back-off. One number for all, as Vitest wants
// it of projects that run beside each other. Files share their worker's process: what one leaves behind, others stumble over,
// and what all import is loaded once.
const beside = { maxWorkers: 4, isolate: false, sequence: { groupOrder: 1 } };

// With IAP_CONFINED=1 daemons are confined to their project. These files are the same without it.
const SAME_WHEN_CONFINED = [
  // Confined anyway.
  'attacks*',
  'main-job',
  'proofs',
  'setup',
  // Of no daemon on an Incus.
  'bad-files',
  'doctor-of-a-host',
  'incus-by-hand',
  'stopped-start',
  // Of what the socket alone shows or lets be done: the whole host; a package's daemon in a guest; user ids of one's choice.
  'doctor',
  'installed',
  'own-ids',
].map(name => `test/e2e/${name}.test.ts`);

// A test's suffix says what it needs: nothing (.test.ts), the emulator over HTTP (.contract.test.ts), a real Incus
// (.incus.test.ts). They begin in this order; Incus and its image come up meanwhile.
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'floors',
          include: ['test/*.test.ts'],
          // They run the program, npm and promtool, which take their time on a busy machine.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', '{testbed,demo,bench,chaos,soak,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/{bundle,dist}/**', '**/*.contract.test.ts', '**/*.incus.test.ts'],
          // Loading the program takes its time on a busy machine; no unit test waits for anything else.
          testTimeout: 30_000,
          ...beside,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'contract',
          include: ['packages/*/**/*.contract.test.ts', 'packages/*/**/*.incus.test.ts', 'testbed/**/*.incus.test.ts'],
          exclude: ['**/node_modules/**', '**/{bundle,dist}/**'],
          globalSetup: ['./testbed/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          ...beside,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: process.env.IAP_CONFINED === '1' ? SAME_WHEN_CONFINED : [],
          globalSetup: ['./testbed/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          ...beside,
        },
      },
    ],
  },
});
