import { wayOutScript } from '../guest/way-out.js';
import type { BuildBaseOptions } from './build-options.js';
import { type BaseUnderConstruction, runScriptInBase } from './run-in-base.js';

const FOLDER = '/usr/local/share/ca-certificates';
const MINUTE_MS = 60_000;

/** Trusts what the image has not got; the program that lists authorities comes with what is installed, or was there before. */
const trustScript = `#!/bin/bash
set -euo pipefail
if ! command -v update-ca-certificates >/dev/null; then
  [ "$1" = early ] && exit 0
  echo 'this image has no update-ca-certificates, by which it would trust caCertificates; use one with the package ca-certificates'
  exit 1
fi
update-ca-certificates
`;

/**
 * Has a base that is being built use the proxies, and trust the authorities, before anything is fetched. What it is told of
 * the proxies is in its memory alone and ends with this boot.
 */
export async function useWayOut(base: BaseUnderConstruction, { proxy, spec }: BuildBaseOptions): Promise<void> {
  const { authorities = [] } = spec;
  const script = wayOutScript({ proxy, trusts: authorities.length > 0 });
  if (script === undefined) return;
  const { client, name, signal } = base;
  const what = 'tell the base of proxies and authorities';
  await runScriptInBase(base, 'install', what, { path: 'way-out', content: script.reveal() }, MINUTE_MS);
  if (authorities.length === 0) return;
  await client.files.makeDirectory(name, FOLDER, { mode: 0o755 }, { signal });
  for (const [index, pem] of authorities.entries())
    for (const [part, one] of certificatesIn(pem).entries())
      await client.files.push(
        name,
        `${FOLDER}/iap-${index + 1}-${part + 1}.crt`,
        `${one}\n`,
        { mode: 0o644 },
        { signal },
      );
  await trust(base, 'early');
}

/** Trusts them once more, where the program for it was not there before. */
export async function trustAuthorities(base: BaseUnderConstruction): Promise<void> {
  await trust(base, 'late');
}

async function trust(base: BaseUnderConstruction, when: 'early' | 'late'): Promise<void> {
  const script = { path: 'trust', content: trustScript, args: [when] };
  await runScriptInBase(base, 'install', 'trust caCertificates', script, MINUTE_MS);
}

/** The program takes the first certificate of a file only. */
function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
