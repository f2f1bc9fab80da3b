import { expect, it } from 'vitest';
import { after, aWish, NOTHING, stepsOf } from '../../test/setup-examples.js';
import { describeStep } from './describe-step.js';
import { planRemoval } from './plan-removal.js';
import { planSetup } from './plan-setup.js';

it('what is opened is told with its name, its addresses and its port', () => {
  const [acl] = stepsOf(planSetup(aWish(), NOTHING));
  expect(acl && describeStep(acl)).toEqual({
    what: 'Make network ACL "iap-1a2b3c": guests reach this and nothing else',
    details: [
      expect.stringMatching(/^the Internet, IPv4: 1\.0\.0\.0-9\.255\.255\.255, 11\./),
      'the Azure server azure.test: 10.9.8.7 tcp 443',
    ],
  });
});

it('a change of the host tells what was there', () => {
  expect(describeStep({ kind: 'raise-inotify', from: 128, to: 8192 }).details).toEqual([
    'fs.inotify.max_user_instances = 8192, in place of 128',
  ]);
});

it('each step says what it is about', () => {
  const found = after(NOTHING, stepsOf(planSetup(aWish(), NOTHING)));
  const steps = [...stepsOf(planSetup(aWish(), NOTHING)), ...stepsOf(planRemoval(aWish(), found))];
  expect(steps.map(step => describeStep(step).what)).toEqual([
    'Make network ACL "iap-1a2b3c": guests reach this and nothing else',
    'Make network "iap-1a2b3c", a bridge',
    'Make project "ci"',
    'Change the default profile of project "ci"',
    'Set keys of the server',
    'Make certificate "iap-1a2b3c" and trust it within project "ci"',
    'Trust certificate "iap-1a2b3c" no more',
    'Delete certificate and key from the state directory',
    'Set keys of the server',
    'Delete project "ci"',
    'Delete network "iap-1a2b3c"',
    'Delete network ACL "iap-1a2b3c"',
  ]);
});
