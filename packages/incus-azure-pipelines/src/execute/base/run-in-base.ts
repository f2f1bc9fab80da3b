import { basename } from 'node:path';
import type { ExecRequest, IncusClient } from 'incus-client';
import type { OnProgress } from '../../model/progress.js';
import { WAY_OUT_PATH } from '../guest/layout.js';
import { BaseBuildError, type BaseBuildStage } from './base-build-error.js';
import { OutputLines } from './output-lines.js';

/** The instance that is becoming a base, and who wants to hear of it. */
export interface BaseUnderConstruction {
  readonly client: IncusClient;
  readonly name: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** On the guest's tmpfs, for root alone, so that no script of ours or the user's gets into the base. */
const scriptDirectory = '/run/iap-base';

/**
 * Runs the rest of the arguments. Incus may cut off what a command printed last when it ends at once: one that fails stays a
 * moment longer, so that the reason is not what is lost.
 */
const STAY_AFTER_FAILURE = '"$@" || { code=$?; sleep 0.5; exit "$code"; }';

/** The environment of an execution stands in Incus for everybody who may look; that of the proxies holds a password. */
const WITH_PROXIES = `if [ -e ${WAY_OUT_PATH} ]; then while IFS= read -r pair; do export "$pair"; done <${WAY_OUT_PATH}; fi`;

/** Runs a command in the base and tells each line it prints. A code other than 0 is a {@link BaseBuildError}. */
export async function runInBase(
  base: BaseUnderConstruction,
  stage: BaseBuildStage,
  what: string,
  request: ExecRequest,
  deadlineMs: number,
): Promise<void> {
  const lines = new OutputLines(text => base.onProgress({ kind: 'line', text }));
  const { exitCode } = await base.client.exec(
    base.name,
    {
      ...request,
      onStdout: chunk => lines.take(chunk),
      onStderr: chunk => lines.take(chunk),
      maxOutputBytes: 0,
    },
    { signal: base.signal, deadlineMs },
  );
  const output = lines.end();
  if (exitCode === 0) return;
  throw new BaseBuildError(stage, `${what} in base "${base.name}": it ended with code ${exitCode}`, { output });
}

/** Runs a script as root in the base, with its own first line or, without one, with bash. */
export async function runScriptInBase(
  base: BaseUnderConstruction,
  stage: BaseBuildStage,
  what: string,
  script: {
    readonly path: string;
    readonly content: string;
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  },
  deadlineMs: number,
): Promise<void> {
  const { client, name, signal } = base;
  const path = `${scriptDirectory}/${basename(script.path)}`;
  await client.files.makeDirectory(name, scriptDirectory, { mode: 0o700 }, { signal });
  await client.files.push(name, path, script.content, { mode: 0o700 }, { signal });
  const program = script.content.startsWith('#!') ? [path] : ['bash', path];
  const environment = { DEBIAN_FRONTEND: 'noninteractive', HOME: '/root', LANG: 'C.UTF-8', ...script.environment };
  const command = ['sh', '-c', `${WITH_PROXIES}; ${STAY_AFTER_FAILURE}`, 'sh', ...program, ...(script.args ?? [])];
  await runInBase(base, stage, what, { command, environment, cwd: '/root' }, deadlineMs);
  await client.files.delete(name, path, { signal });
}
