import { describe, expect, it } from 'vitest';
import { after, aWish, NOTHING, OWNER_ID, stepsOf } from '../../test/setup-examples.js';
import type { Found } from './model.js';
import { planRemoval } from './plan-removal.js';
import { planSetup } from './plan-setup.js';

const wish = aWish();
const owner = { 'user.iap.owner': OWNER_ID };

function made(found: Found = NOTHING): Found {
  return after(found, stepsOf(planSetup(wish, found)));
}

function removed(found: Found): Found {
  return after(found, stepsOf(planRemoval(wish, found)));
}

describe('the removal', () => {
  it('takes everything back, what needs others first', () => {
    const found = made();
    expect(stepsOf(planRemoval(wish, found)).map(({ kind }) => kind)).toEqual([
      'distrust',
      'delete-files',
      'set-server-keys',
      'delete-project',
      'delete-network',
      'delete-acl',
    ]);
    expect(removed(found)).toEqual(NOTHING);
  });

  it.each([
    { server: { 'core.https_address': ':8443' } },
    { server: { 'core.trust_ca_certificates': 'true' } },
    { inotify: { value: 60, before: undefined, foreignFile: undefined } },
    { inotify: { value: 60, before: undefined, foreignFile: '/etc/sysctl.d/60.conf' } },
    {
      trusted: [{ fingerprint: 'theirs', description: '', restricted: false, projects: [] }],
      server: { 'core.https_address': '10.1.2.3:8443' },
    },
  ])('leaves what was there before: %j', before => {
    const found = { ...NOTHING, ...before };
    expect(removed(made(found))).toEqual(found);
  });

  it('deletes bases of this installation and the images that Incus fetched for them', () => {
    const base = { name: 'iap-base', config: { ...owner, 'user.iap.base.state': 'ready' } };
    const found = { ...made(), instances: [base], images: [{ fingerprint: 'f', cached: true }] };
    expect(removed(found)).toEqual(NOTHING);
  });

  it('is nothing where nothing is', () => {
    expect(stepsOf(planRemoval(wish, NOTHING))).toEqual([]);
  });

  it('of what is half made takes back that half', () => {
    const { acl, network } = made();
    expect(removed({ ...NOTHING, acl, network })).toEqual(NOTHING);
  });

  it('lets Incus listen on where another client has come since, and says so', () => {
    const found = made();
    const other = { fingerprint: 'theirs', description: '', restricted: false, projects: [] };
    const plan = planRemoval(wish, { ...found, trusted: [...found.trusted, other] });
    expect(after(found, stepsOf(plan)).server).toEqual({ 'core.https_address': '127.0.0.1:8443' });
    expect(plan).toMatchObject({ remarks: [expect.stringContaining('goes on listening on 127.0.0.1:8443')] });
  });
});

describe('the removal refuses', () => {
  it.each([
    ['a project of somebody else', { project: { name: 'ci', description: '', config: {} } }, /has not made/],
    ['while agents are there', { instances: [{ name: 'a', config: owner }] }, /holds 1 agents .*drain --wait/],
    ['an instance of somebody else', { instances: [{ name: 'a', config: {} }] }, /instance "a", which is none of/],
    ['an image that somebody has put there', { images: [{ fingerprint: 'f00', cached: false }] }, /image f00, which/],
  ])('%s', (_, there, why) => {
    const plan = planRemoval(wish, { ...made(), ...there });
    expect(plan).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });
});
