import { describe, expect, test } from 'vitest';
import { type BaseInputs, baseDigest, type OwnInputs, ownDigest, recipeDigest } from './digest.js';

const server = { url: 'https://images.example', protocol: 'simplestreams', certificate: undefined } as const;
const own: OwnInputs = {
  image: { kind: 'any', alias: 'debian/13', server },
  agent: { kind: 'latest' },
  scripts: ['echo one', 'echo two'],
  isMade: false,
  docker: true,
  tmpfsSizeBytes: undefined,
  recipeDigest: 'recipe',
  fittings: [],
  dockerInputs: [],
};
const inputs: BaseInputs = {
  own: ownDigest(own),
  image: '0ca3a735c638',
  agent: { version: '4.275.0', sha256: 'ab'.repeat(32) },
};

describe('the digest of a base', () => {
  test('is short, versioned and fit for the name of an instance', () => {
    expect(baseDigest(inputs)).toMatch(/^v2-[0-9a-f]{12}$/);
  });

  test('is the same for equal inputs', () => {
    expect(baseDigest({ ...inputs, own: ownDigest({ ...own, scripts: [...own.scripts] }) })).toBe(baseDigest(inputs));
  });

  test.each<[string, Partial<BaseInputs>]>([
    ['the image', { image: 'another' }],
    ["the agent's version", { agent: { version: '4.276.0', sha256: 'ab'.repeat(32) } }],
    ["the agent's content", { agent: { version: '4.275.0', sha256: 'cd'.repeat(32) } }],
    ["a person's own part", { own: 'another' }],
  ])('changes with %s', (_what, change) => {
    expect(baseDigest({ ...inputs, ...change })).not.toBe(baseDigest(inputs));
  });
});

describe("the digest of a person's own part", () => {
  test.each<[string, Partial<OwnInputs>]>([
    ['the content of a script', { scripts: ['echo one', 'echo 2'] }],
    ['the order of the scripts', { scripts: ['echo two', 'echo one'] }],
    ['where one script ends', { scripts: ['echo oneecho two'] }],
    ['docker', { docker: false }],
    ['whether the image is a base already', { isMade: true }],
    ['the size of /tmp', { tmpfsSizeBytes: 1024 }],
    ['the alias of the image', { image: { kind: 'any', alias: 'debian/12', server } }],
    ['where the image is looked for', { image: { kind: 'local', alias: 'debian/13' } }],
    ['the image server', { image: { kind: 'any', alias: 'debian/13', server: { ...server, url: 'https://other' } } }],
    ['the version that is asked for', { agent: { kind: 'version', version: '4.275.0' } }],
    ['the agent package that is given', { agent: { sha256: 'ab'.repeat(32) } }],
    ['the recipe', { recipeDigest: 'another' }],
    ['what the pool puts into it', { fittings: ['/opt/tools'] }],
    ['what docker is given', { dockerInputs: ['distribution'] }],
  ])('changes with %s', (_what, change) => {
    expect(ownDigest({ ...own, ...change })).not.toBe(ownDigest(own));
  });

  test('of the recipe does not change while the program runs', () => {
    expect(recipeDigest()).toMatch(/^[0-9a-f]{64}$/);
    expect(recipeDigest()).toBe(recipeDigest());
  });
});
