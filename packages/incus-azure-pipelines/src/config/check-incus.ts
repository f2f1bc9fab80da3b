/** How Incus is reached: by one way, with all that this way takes. */

import { isLoopback } from '../lib/loopback.js';
import { error, type Finding, show } from './finding.js';
import type { FileSettings } from './schema.js';

/** Whether Incus is on this host, as far as its address tells. */
export function isThisHost({ incus }: FileSettings): boolean {
  return incus?.url === undefined || (URL.canParse(incus.url) && isLoopback(new URL(incus.url).hostname));
}

/** Checks the keys under `incus:` against each other. */
export function checkIncus(file: FileSettings): readonly Finding[] {
  const { socket, url, certificate, key, serverCertificate } = file.incus ?? {};
  if (url === undefined) {
    const stray = Object.entries({ certificate, key, serverCertificate }).filter(([, value]) => value !== undefined);
    return stray.map(([name]) =>
      error(['incus', name], 'is of use only with a url', 'add url: https://HOST:8443, or delete it', 'key'),
    );
  }
  const findings: Finding[] = [];
  if (socket !== undefined) {
    const problem = 'stands beside url, and Incus is reached one way only';
    findings.push(error(['incus', 'socket'], problem, 'delete one of the two', 'key'));
  }
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    findings.push(error(['incus', 'url'], `${show(url)} is not an https URL`, 'write url: https://HOST:8443'));
  const [lacking, there] = certificate === undefined ? ['certificate', key] : ['key', key === undefined && certificate];
  if (typeof there === 'string') {
    const remedy = `write the path of the PEM file, such as ${lacking}: /etc/incus-azure-pipelines/client.pem`;
    findings.push(error(['incus', lacking], 'is missing', remedy));
  }
  return findings;
}
