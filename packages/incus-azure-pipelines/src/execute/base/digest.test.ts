import { describe, expect, test } from 'vitest';
import type { AptMirror } from '../../model/apt-mirror.js';
import { type BaseInputs, baseDigest, type OwnInputs, ownDigest, recipeDigest } from './digest.js';

const server = { url: 'https://images.example', protocol: 'simplestreams', certificate: undefined } as const;
const after = (content: string) => ({ content, when: 'after' }) as const;
const mirror = {
  url: 'http://mirror.example',
  securityUrl: undefined,
  suites: undefined,
  components: undefined,
  key: undefined,
};
const own: OwnInputs = {
  image: { kind: 'any', alias: 'debian/13', server },
  agent: { kind: 'latest' },
  scripts: [after('echo one'), after('echo two')],
  aptMirror: undefined,
  isMade: false,
  docker: true,
  tmpfsSizeBytes: undefined,
  recipeDigest: 'recipe',
  authorities: [],
  ipv6: false,
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
    ['the content of a script', { scripts: [after('echo one'), after('echo 2')] }],
    ['the order of the scripts', { scripts: [after('echo two'), after('echo one')] }],
    ['where one script ends', { scripts: [after('echo oneecho two')] }],
    ['the moment of a script', { scripts: [after('echo one'), { content: 'echo two', when: 'before' }] }],
    ['a mirror', { aptMirror: mirror }],
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
    ['that copies have IPv6', { ipv6: true }],
    ['what docker is given', { dockerInputs: ['distribution'] }],
  ])('changes with %s', (_what, change) => {
    expect(ownDigest({ ...own, ...change })).not.toBe(ownDigest(own));
  });

  test.each<[string, Partial<AptMirror>]>([
    ['the URL', { url: 'http://mirror.example/other' }],
    ['the URL for security updates', { securityUrl: 'http://mirror.example/security' }],
    ['the suites', { suites: ['noble'] }],
    ['the components', { components: ['main'] }],
    ['the key', { key: 'another' }],
  ])('changes with %s of a mirror', (_what, change) => {
    expect(ownDigest({ ...own, aptMirror: { ...mirror, ...change } })).not.toBe(
      ownDigest({ ...own, aptMirror: mirror }),
    );
  });

  test('of the recipe does not change while the program runs', () => {
    expect(recipeDigest()).toMatch(/^[0-9a-f]{64}$/);
    expect(recipeDigest()).toBe(recipeDigest());
  });
});
