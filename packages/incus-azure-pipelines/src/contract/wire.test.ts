import { expect, test } from 'vitest';
import { systemClock } from '../lib/clock.js';
import { Identity } from '../lib/identity/identity.js';
import { Secret } from '../lib/secret.js';
import { Wire } from './wire.js';

test('every token that was used is known at the end, not only the newest', async () => {
  const tokens = ['an-earlier-token', 'a-later-token'];
  const ask = async () => ({ secret: new Secret(tokens.shift() ?? 'the-last-token') });
  using identity = new Identity({ kind: 'bearer', isKept: false, ask }, systemClock);
  await using wire = new Wire({ url: 'https://dev.azure.com/contoso', identity, now: () => 0 });
  expect([await wire.organisation(), await wire.organisation()]).toEqual([
    'Bearer an-earlier-token',
    'Bearer a-later-token',
  ]);
  expect([...wire.tokens]).toEqual(['an-earlier-token', 'a-later-token']);
});
