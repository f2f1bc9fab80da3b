import { describe, expect, test } from 'vitest';
import { judgeAttack } from './judge-attack.js';
import { findingsOf } from './judge-proof.js';
import { dockerTrials } from './prove-docker.js';

const PASSED = ['store overlay2', 'built', 'from a container', 'from a stage', 'client-1 | heard from the server'];

/** The proof of a guest in which each trial printed this. */
function proofOf(printed: readonly string[]) {
  const trials = dockerTrials.map((trial, n) => judgeAttack(trial, printed[n] ?? '', 'mend it'));
  return { kind: 'docker', from: 'base b', pools: ['linux'], trials } as const;
}

function coloursOf(printed: readonly string[]) {
  return findingsOf(proofOf(printed)).map(({ colour, says }) => [colour, says]);
}

/** As docker tells of a plugin that it lacks. */
const LACKS = {
  'an older docker': (plugin: string) => `docker: '${plugin}' is not a docker command.\nSee 'docker --help'`,
  'a newer docker': (plugin: string) =>
    `docker: unknown command: docker ${plugin}\n\nRun 'docker --help' for more information`,
};

test('a guest that has all of docker passes, and nothing is told beside it', () => {
  expect(coloursOf(PASSED)).toEqual([['green', '5 of 5 hold for guests from base b']]);
});

describe.each(Object.entries(LACKS))('a guest of %s', (_, words) => {
  test.each([
    ['buildx', 3],
    ['compose', 4],
  ])('that lacks %s is told to, and is not counted as if it held', (plugin, at) => {
    expect(coloursOf(PASSED.with(at, words(plugin)))).toEqual([
      ['green', '4 of 4 hold for guests from base b'],
      ['grey', `1 not tried: ${words(plugin)}`],
    ]);
  });

  test('that lacks both is told to lack each', () => {
    expect(coloursOf([...PASSED.slice(0, 3), words('buildx'), words('compose')])).toEqual([
      ['green', '3 of 3 hold for guests from base b'],
      ['grey', `2 not tried: ${words('buildx')}; ${words('compose')}`],
    ]);
  });
});

test.each([
  ['says nothing', ''],
  ['is broken', 'fork/exec /usr/libexec/docker/cli-plugins/docker-buildx: exec format error'],
  ['ends before the end', 'github.com/docker/buildx 0.13.1'],
])('a plugin that is there and %s has failed, whichever it is', (_, printed) => {
  for (const at of [3, 4]) {
    const [red, ...others] = coloursOf(PASSED.with(at, printed));
    expect(red).toEqual(['red', expect.stringContaining(dockerTrials[at]?.fact ?? 'no trial')]);
    expect(others).toEqual([]);
  }
});

test('a guest without a docker that answers has failed', () => {
  expect(coloursOf(['', ...PASSED.slice(1)])[0]?.[0]).toBe('red');
});
