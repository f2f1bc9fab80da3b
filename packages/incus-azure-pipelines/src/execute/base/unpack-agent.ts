import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AGENT_USER } from '../guest/layout.js';
import { BaseBuildError } from './base-build-error.js';
import { type BaseUnderConstruction, runInBase } from './run-in-base.js';

const unpackDeadlineMs = 10 * 60_000;

/** Unpacks an agent package of this machine into the home of the base's agent user, and checks it on the way. */
export async function unpackAgent(base: BaseUnderConstruction, path: string, sha256: string): Promise<void> {
  await runInBase(
    base,
    'agent',
    'unpack the agent',
    {
      command: ['tar', '--extract', '--gzip', '--file=-', `--directory=${AGENT_USER.home}`],
      user: AGENT_USER.uid,
      group: AGENT_USER.gid,
      stdin: checked(path, sha256),
    },
    unpackDeadlineMs,
  );
}

async function* checked(path: string, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    if (!(chunk instanceof Uint8Array)) continue;
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw new BaseBuildError('agent', `unpack the agent: ${path} has SHA-256 ${found} in place of ${sha256}; delete it`);
}
