/** The files by which a configured agent knows who it is: `.agent`, `.credentials`, `.credentials_rsaparams`. */

import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberIn, objectFrom, optionalTextIn, parseJson, textIn, textsIn } from './json.js';
import { privateKeyFrom, rsaParametersOf } from './rsa-parameters.js';

export interface AgentSettings {
  readonly acceptTeeEula?: boolean;
  readonly agentId: number;
  readonly agentName: string;
  readonly poolId: number;
  readonly poolName?: string | undefined;
  readonly serverUrl: string;
  readonly workFolder: string;
}

export interface StoredCredentials {
  readonly scheme: string;
  /** By lower-case name. */
  readonly values: ReadonlyMap<string, string>;
}

const files = { settings: '.agent', credentials: '.credentials', key: '.credentials_rsaparams' } as const;
const rsaBits = 2048;

/** Whether the agent in this folder has been configured: its `.agent` exists, nothing else counts. */
export function isConfigured(rootDirectory: string): boolean {
  return existsSync(join(rootDirectory, files.settings));
}

/** Reads `.agent`; throws when it is no JSON or lacks a member that is needed to run. */
export function readSettings(rootDirectory: string): AgentSettings {
  const settings = objectFrom(readJson(rootDirectory, files.settings), files.settings);
  const workFolder = textIn(settings, 'workFolder', files.settings);
  if (workFolder === '') throw new Error(`read ${files.settings}: "workFolder" is empty`);
  return {
    agentId: numberIn(settings, 'agentId', files.settings),
    agentName: textIn(settings, 'agentName', files.settings),
    poolId: numberIn(settings, 'poolId', files.settings),
    poolName: optionalTextIn(settings, 'poolName'),
    serverUrl: textIn(settings, 'serverUrl', files.settings),
    workFolder,
  };
}

/** Reads `.credentials`; throws when it is missing or no such file. */
export function readCredentials(rootDirectory: string): StoredCredentials {
  const credentials = objectFrom(readJson(rootDirectory, files.credentials), files.credentials);
  const values = new Map<string, string>();
  for (const [name, value] of textsIn(credentials, 'data')) values.set(name.toLowerCase(), value);
  return { scheme: textIn(credentials, 'scheme', files.credentials), values };
}

/** Reads the agent's private key; throws when it is missing or incomplete. */
export function readKey(rootDirectory: string): KeyObject {
  return privateKeyFrom(objectFrom(readJson(rootDirectory, files.key), files.key));
}

/** Returns the key of an earlier attempt, or makes an RSA-2048 key and writes it, readable for its owner only. */
export async function keyForConfiguration(rootDirectory: string): Promise<KeyObject> {
  if (existsSync(join(rootDirectory, files.key))) return readKey(rootDirectory);
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: rsaBits,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  writeJson(rootDirectory, files.key, rsaParametersOf(key), 0o600);
  return key;
}

/** Writes `.agent`. */
export function writeSettings(rootDirectory: string, settings: AgentSettings): void {
  writeJson(rootDirectory, files.settings, settings);
}

/** Writes `.credentials`, with the process's umask as the real agent does. */
export function writeCredentials(
  rootDirectory: string,
  scheme: string,
  values: Readonly<Record<string, string>>,
): void {
  writeJson(rootDirectory, files.credentials, { scheme, data: values });
}

/** Removes what a configuration wrote. */
export function removeConfiguration(rootDirectory: string): void {
  for (const file of [files.credentials, files.key, files.settings]) rmSync(join(rootDirectory, file), { force: true });
}

function readJson(rootDirectory: string, file: string): unknown {
  return parseJson(readFileSync(join(rootDirectory, file), 'utf8'));
}

function writeJson(rootDirectory: string, file: string, value: object, mode = 0o666): void {
  writeFileSync(join(rootDirectory, file), `\uFEFF${JSON.stringify(value, undefined, 2)}`, { mode });
}
