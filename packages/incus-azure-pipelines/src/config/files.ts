/** The files that the configuration names. */

import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mirrorOf } from './check-base.js';
import { error, type Finding, type KeyPath, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { FileSettings } from './schema.js';

/** A file's text, or why it cannot be had; a remedy only where the kind of failure names one. */
export type TextFile =
  | { readonly text: string; readonly mode: number }
  | { readonly problem: string; readonly remedy: string | undefined };

/** Reads a plain file of UTF-8 text. Never throws. */
export async function readTextFile(path: string, { limitBytes }: { readonly limitBytes: number }): Promise<TextFile> {
  try {
    // A FIFO would hold the open for ever; what is no plain file is never opened.
    const refused = await refusal(path, limitBytes);
    if (refused !== undefined) return refused;
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = await file.readFile();
    const { mode } = await file.stat();
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), mode };
  } catch (cause) {
    return failure(path, cause);
  }
}

/** What the named files hold, by absolute path, and what is wrong with them. */
export interface NamedFiles {
  readonly contents: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Reads scripts and certificates, and looks whether the other named files are there. Relative paths start at `directory`. */
export async function readNamedFiles(
  file: FileSettings,
  pools: readonly PoolEntry[],
  directory: string,
): Promise<NamedFiles> {
  const contents = new Map<string, string>();
  const findings: Finding[] = [];
  const { certificate, key: incusKey, serverCertificate } = file.incus ?? {};
  const wanted: [KeyPath, string | undefined, 'script' | 'pem' | 'pgp' | 'authority' | 'present'][] = [
    [['incus', 'certificate'], certificate, 'pem'],
    [['incus', 'key'], incusKey, 'pem'],
    [['incus', 'serverCertificate'], serverCertificate, 'pem'],
  ];
  for (const [i, authority] of (file.caCertificates ?? []).entries())
    wanted.push([['caCertificates', i], authority, 'authority']);
  for (const pool of pools) {
    const { docker, provisionScripts = [], imageServer, remotes = {}, agentPackage } = pool.settings;
    for (const [i, script] of provisionScripts.entries())
      wanted.push([pool.path('provisionScripts', i), typeof script === 'string' ? script : script.path, 'script']);
    wanted.push([pool.path('aptMirror', 'key'), mirrorOf(pool.settings)?.key, 'pgp']);
    wanted.push([pool.path('imageServer', 'certificate'), imageServer?.certificate, 'pem']);
    for (const [name, server] of Object.entries(remotes)) {
      wanted.push([pool.path('remotes', name, 'certificate'), server.certificate, 'pem']);
    }
    wanted.push([pool.path('agentPackage'), agentPackage, 'present']);
    for (const [i, image] of (typeof docker === 'object' ? (docker.preload ?? []) : []).entries())
      if (typeof image === 'object')
        wanted.push([pool.path('docker', 'preload', i, 'archive'), image.archive, 'present']);
  }
  for (const [key, written, kind] of wanted) {
    if (written === undefined) continue;
    const path = resolve(directory, written);
    if (kind === 'present') {
      findings.push(...(await checkPresent(key, path)));
      continue;
    }
    const read = await readTextFile(path, { limitBytes: 1_048_576 });
    if ('problem' in read) {
      findings.push(error(key, read.problem, read.remedy ?? 'put the file there, or correct the path'));
      continue;
    }
    contents.set(path, read.text);
    findings.push(...CHECKS[kind](key, path, read.text));
  }
  return { contents, findings };
}

const CHECKS = { pem: checkPem, pgp: checkPgp, authority: checkAuthority, script: checkScript };

async function checkPresent(key: KeyPath, path: string): Promise<readonly Finding[]> {
  try {
    await access(path, constants.R_OK);
    const refused = await refusal(path, Infinity);
    return refused === undefined ? [] : [error(key, refused.problem, refused.remedy)];
  } catch (cause) {
    const { problem, remedy } = failure(path, cause);
    return [error(key, problem, remedy ?? 'put the file there, or correct the path')];
  }
}

/** Each has to be readable: one that is not would spoil the whole list for whoever reads it. */
function checkAuthority(key: KeyPath, path: string, text: string): readonly Finding[] {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----$/m.test(text))
    return [
      error(key, `${path} holds a private key, which would be in every guest`, 'name a file of certificates alone'),
    ];
  const blocks = text.match(/^-----BEGIN CERTIFICATE-----$[^-]*^-----END CERTIFICATE-----$/gm) ?? [];
  if (blocks.length > 0 && blocks.every(isCertificate)) return [];
  return [
    error(key, `${path} is not a PEM file of certificates`, 'name one that begins with "-----BEGIN CERTIFICATE-----"'),
  ];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}

function checkPem(key: KeyPath, path: string, text: string): readonly Finding[] {
  if (/^-----BEGIN [A-Z ]+-----$/m.test(text)) return [];
  return [error(key, `${path} is not a PEM file`, 'name a file that begins with "-----BEGIN"')];
}

/** A private one is refused, too: every job could read it. */
function checkPgp(key: KeyPath, path: string, text: string): readonly Finding[] {
  const hasPublic = text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');
  if (hasPublic && !text.includes('PRIVATE KEY')) return [];
  return [error(key, `${path} is no public key in text form`, 'write it with: gpg --armor --export')];
}

function checkScript(key: KeyPath, path: string, text: string): readonly Finding[] {
  if (text.trim() === '') return [warning(key, `${path} is empty`, 'write the script, or delete this line')];
  if (/^.*\r$/m.test(text))
    return [warning(key, `${path} has Windows line ends, which a shell trips over`, `run: sed -i 's/\\r$//' ${path}`)];
  return [];
}

async function refusal(path: string, limitBytes: number): Promise<{ problem: string; remedy: string } | undefined> {
  const found = await stat(path);
  if (found.isDirectory()) return { problem: `${path} is a directory`, remedy: 'name a file' };
  if (!found.isFile()) return { problem: `${path} is not a plain file`, remedy: 'name a plain file' };
  if (found.size > limitBytes)
    return { problem: `${path} is larger than ${limitBytes} bytes`, remedy: 'name the right file' };
  return undefined;
}

function failure(path: string, cause: unknown): { problem: string; remedy: string | undefined } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: `there is no file ${path}`, remedy: undefined };
  if (code === 'EACCES' || code === 'EPERM') {
    return { problem: `${path} may not be read by this user`, remedy: 'give it the right, or run as another user' };
  }
  if (cause instanceof TypeError) return { problem: `${path} is not UTF-8 text`, remedy: 'name a text file' };
  return { problem: `${path} cannot be read${code === '' ? '' : ` (${code})`}`, remedy: undefined };
}
