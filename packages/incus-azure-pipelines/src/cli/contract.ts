import { access, writeFile } from 'node:fs/promises';
import { tokenSource } from '../config/credential.js';
import { hostEnvironment } from '../config/environment.js';
import { loadConfig } from '../config/load.js';
import { checksOf, stillOpen } from '../contract/checks.js';
import { choosePool } from '../contract/choose-pool.js';
import { type Conversation, converse, type Where } from '../contract/converse.js';
import { EMULATED } from '../contract/emulated.js';
import { judge, type Verdict } from '../contract/judge.js';
import { leaksIn } from '../contract/leaks.js';
import { recordingText } from '../contract/recording-file.js';
import { systemClock } from '../lib/clock.js';
import { Identity } from '../lib/identity/identity.js';
import { UserError } from '../lib/user-error.js';
import { formatJson } from './format-json.js';
import { formatVerdicts } from './format-verdicts.js';
import type { Output } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { stopSignals } from './stop-signals.js';

/** Long enough to queue a job by hand. */
const AWAIT_JOB_MS = 300_000;

interface Options {
  readonly pool: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly tokenEnv: string;
  readonly config?: string;
  readonly besideOthers?: boolean;
  readonly awaitJob?: boolean;
  readonly record: string;
  readonly json?: boolean;
}

/**
 * Has the conversation that this program's emulator is built on with a real server, tells where that answers otherwise, and writes
 * it down without anything of its owner. Gives back the exit code: 0 where all is as in the emulator, 2 where something is not, 1
 * where something was not learnt. Leaves nothing on the server.
 */
export async function contract(options: Options, output: Output, talk = converse): Promise<0 | 1 | 2> {
  await refuseTaken(options.record);
  const where = await whereTo(options);
  using _ = where.identity;
  using stop = stopSignals(() => output.complain('stopping; what was made is taken back\n'));
  const display = new ProgressDisplay(output);
  const spoken = await talk(where, stop.signal, progress => display.show(progress))
    .finally(() => display.end())
    .catch((error: unknown) => {
      if (stop.signal.aborted && !(error instanceof UserError)) return undefined;
      throw error;
    });
  if (spoken === undefined) return 1;
  const verdicts = judge(checksOf(spoken.recording), spoken.recording, EMULATED);
  await writeRecording(options.record, spoken);
  const { unasked } = spoken;
  const open = stillOpen(spoken.recording);
  if (options.json) {
    const document = {
      server: spoken.recording.server,
      verdicts,
      unasked,
      stillOpen: open.map(([what, how]) => ({ what, how })),
      recording: options.record,
    };
    output.write(formatJson(document));
  } else output.write(formatVerdicts(verdicts, { open, unasked, record: options.record }, output.screen?.().columns));
  return codeOf(verdicts, unasked);
}

function codeOf(verdicts: readonly Verdict[], unasked: readonly string[]): 0 | 1 | 2 {
  if (verdicts.some(({ outcome }) => outcome === 'different')) return 2;
  return unasked.length > 0 || verdicts.some(({ outcome }) => outcome === 'unclear' || outcome === 'not asked') ? 1 : 0;
}

/** Where to go, from the configuration or from the call; the token from a file or a variable, never from an argument. */
async function whereTo({
  awaitJob = false,
  besideOthers = false,
  config,
  pool,
  tokenEnv,
  tokenFile,
  url,
}: Options): Promise<Where> {
  const rest = { agentPool: pool, besideOthers, awaitJobMs: awaitJob ? AWAIT_JOB_MS : 0, clock: systemClock };
  if (config !== undefined) {
    const loaded = await loadConfig(config);
    const { credentials, spec } = loaded;
    const entry = choosePool(spec.pools, { agentPool: pool, url });
    const credential = credentials.get(entry?.name ?? '');
    if (entry === undefined || credential === undefined)
      throw new UserError(`${config} has no pool at ${url ?? 'any server'}; name a URL as it stands there, or none`);
    const identity = new Identity(credential, systemClock);
    return { ...rest, url: entry.azure.url, identity, wayOut: loaded.wayOut };
  }
  if (url === undefined)
    throw new UserError('name the organisation with --url URL, or a configuration with --config FILE');
  const settings = tokenFile === undefined ? { env: tokenEnv } : { file: tokenFile };
  const identity = new Identity(tokenSource({ pat: settings }, pool, process.cwd(), hostEnvironment()), systemClock);
  await identity.token().catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${why}, or name a file with --token-file FILE`);
  });
  return { ...rest, url, identity };
}

async function refuseTaken(path: string): Promise<void> {
  const isTaken = await access(path).then(
    () => true,
    () => false,
  );
  if (isTaken)
    throw new UserError(
      `write the recording to ${path}: it is there already; move it away, or name another with --record FILE`,
    );
}

/** @throws Error, and writes nothing, where the recording tells what it must not. */
async function writeRecording(path: string, { known, raw, recording, tokens }: Conversation): Promise<void> {
  const text = recordingText(recording);
  const leaks = leaksIn(text, raw, { ...known, tokens }, JSON.stringify(EMULATED));
  if (leaks.length > 0)
    throw new Error(
      `write the recording to ${path}: it would tell ${leaks.join(', ')}; nothing was written, please report this`,
    );
  await writeFile(path, text, { flag: 'wx' });
}
