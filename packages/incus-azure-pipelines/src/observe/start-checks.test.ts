import { afterEach, beforeEach, expect, it } from 'vitest';
import { fitIncus, ScriptedIncus } from '../../test/scripted-incus.js';
import { UserError } from '../lib/user-error.js';
import { checkIncus } from './start-checks.js';

let incus: ScriptedIncus;
let profileStatus: number;

beforeEach(async () => {
  incus = await ScriptedIncus.start(call => (call === 'GET /1.0/profiles/default' ? profileStatus : fitIncus(call)));
});
afterEach(() => incus[Symbol.asyncDispose]());

it.each([
  [
    'is not there',
    404,
    'Incus has no project "ci"; make it with: incus-azure-pipelines setup; or make your own as docs/how-to/install.md tells, which setup then leaves alone',
  ],
  [
    'the certificate may not see, be it there or not,',
    403,
    'Incus has no project "ci", or none that this client may use; make it with: incus-azure-pipelines setup, or add it to those of the client\'s certificate with: incus config trust edit FINGERPRINT',
  ],
])('a project that %s is a mistake, told with its remedy', async (_, status, says) => {
  profileStatus = status;
  const check = checkIncus(
    incus.client.withProject('ci'),
    { isThisHost: true, pools: [] },
    new AbortController().signal,
  );
  await expect(check).rejects.toThrow(new UserError(says));
});
