import { describe, expect, test } from 'vitest';
import { type BaseInputs, baseDigest, recipeDigest } from './digest.js';

const inputs: BaseInputs = {
  image: '0ca3a735c638',
  scripts: ['echo one', 'echo two'],
  agentVersion: '4.275.0',
  agentSha256: 'ab'.repeat(32),
  docker: true,
  tmpfsSizeBytes: undefined,
  recipeDigest: 'recipe',
};

describe('the digest of a base', () => {
  test('is short, versioned and fit for the name of an instance', () => {
    expect(baseDigest(inputs)).toMatch(/^v1-[0-9a-f]{12}$/);
  });

  test('is the same for equal inputs', () => {
    expect(baseDigest({ ...inputs, scripts: [...inputs.scripts] })).toBe(baseDigest(inputs));
  });

  test.each<[string, Partial<BaseInputs>]>([
    ['the image', { image: 'another' }],
    ['the content of a script', { scripts: ['echo one', 'echo 2'] }],
    ['the order of the scripts', { scripts: ['echo two', 'echo one'] }],
    ['where one script ends', { scripts: ['echo oneecho two'] }],
    ["the agent's version", { agentVersion: '4.276.0' }],
    ["the agent's content", { agentSha256: 'cd'.repeat(32) }],
    ['docker', { docker: false }],
    ['the size of /tmp', { tmpfsSizeBytes: 1024 }],
    ['the recipe', { recipeDigest: 'another' }],
  ])('changes with %s', (_what, change) => {
    expect(baseDigest({ ...inputs, ...change })).not.toBe(baseDigest(inputs));
  });

  test('of the recipe does not change while the program runs', () => {
    expect(recipeDigest()).toMatch(/^[0-9a-f]{64}$/);
    expect(recipeDigest()).toBe(recipeDigest());
  });
});
