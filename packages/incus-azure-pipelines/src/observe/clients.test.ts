import { expect, it } from 'vitest';
import { aSpec } from '../../test/setup-examples.js';
import { identityPaths } from '../model/identity-paths.js';
import { openIncus, openIncusToMend } from './clients.js';

it('a certificate that is not there is named, with what makes it', async () => {
  const incus = { kind: 'https', url: 'https://127.0.0.1:8443', ...identityPaths('/nowhere') } as const;
  await expect(openIncus(aSpec({ incus }), () => {})).rejects.toThrow(
    '/nowhere/incus/client.crt, by which Incus knows the daemon, is not there; "setup" makes it',
  );
});

it('a certificate that a person has named and that is not there is not mended by another way to Incus', async () => {
  const incus = { kind: 'https', url: 'https://127.0.0.1:8443', ...identityPaths('/nowhere') } as const;
  await expect(openIncusToMend(aSpec({ incus }), () => {})).rejects.toThrow('is not there');
});
