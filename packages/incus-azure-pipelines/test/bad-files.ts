import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { makeClientIdentity } from '../src/lib/client-certificate.js';

const CASES = join(import.meta.dirname, '..', 'src', 'config', 'bad-configs');
const caseSchema = z.array(z.strictObject({ name: z.string(), file: z.string(), says: z.array(z.string()).min(1) }));

/** Configurations that cannot be used, by group, each with the messages it gets, `line:column: key: problem; remedy`. */
export const BAD_FILES = readdirSync(CASES).map(group => {
  const text = readFileSync(join(CASES, group), 'utf8');
  return { group, title: /^# (.+?)\.?$/m.exec(text)?.[1] ?? group, cases: caseSchema.parse(parse(text)) };
});

/** Variables of the environment that the bad files are read in. */
export const BAD_FILE_VARIABLES = { EMPTY: ' ' } as const;

/** A folder, there while the tests of a file run, with the files that bad files name; in their messages it is `DIR`. */
export function useBadFileFolder(): () => string {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bad-configs-'));
    await writeFile(join(directory, 'script'), '#!/bin/sh\ntrue\n');
    await writeFile(join(directory, 'binary'), Uint8Array.of(0xff, 0xfe, 0x00));
    await writeFile(join(directory, 'cert.pem'), '-----BEGIN CERTIFICATE-----\n');
    await writeFile(join(directory, 'key.pem'), '-----BEGIN PRIVATE KEY-----\n');
    const { certificate, key } = makeClientIdentity('builds', 0);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [plain, locked] = [{}, { cipher: 'aes-128-cbc', passphrase: 'secret' }].map(lock =>
      String(privateKey.export({ type: 'pkcs8', format: 'pem', ...lock })),
    );
    await writeFile(join(directory, 'not-rsa.pem'), `${certificate}${key}`);
    await writeFile(join(directory, 'no-pair.pem'), `${certificate}${plain}`);
    await writeFile(join(directory, 'locked.pem'), `${certificate}${locked}`);
    await writeFile(join(directory, 'private.asc'), '-----BEGIN PGP PRIVATE KEY BLOCK-----\n');
    await writeFile(join(directory, 'two-words'), 'one two\n', { mode: 0o600 });
  });
  afterAll(() => rm(directory, { recursive: true }));
  return () => directory;
}
