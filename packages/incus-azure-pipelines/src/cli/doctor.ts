import { type LoadedConfig, loadConfig } from '../config/load.js';
import { ConfigError, formatProblem } from '../config/message.js';
import { diagnose } from '../doctor/diagnose.js';
import type { DaemonFact } from '../doctor/facts.js';
import { type Colour, type Finding, green, red, yellow } from '../doctor/finding.js';
import { systemClock } from '../lib/clock.js';
import { Identities } from '../lib/identity/identities.js';
import { UserError } from '../lib/user-error.js';
import { printableLine } from '../report/printable.js';
import type { StatusDocument } from '../report/status-document.js';
import { askDaemon, NoDaemonError, OtherReleaseError } from './control.js';
import { DaemonError } from './daemon-error.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { ProofRecord } from './proof-record.js';
import { stopSignals } from './stop-signals.js';

interface Options {
  readonly config: string;
  readonly socket?: string;
  readonly json?: boolean;
  readonly prove?: boolean;
  /** Where the report of the proofs goes; with it they are tried. */
  readonly report?: string;
}

/**
 * Proves one thing after the other by doing it, and says of each what it came to and what to do. Gives back the exit code: 0
 * where nothing is red, else 2; 1 when it was stopped before its end. Leaves nothing but the report of proofs, where it is asked for them.
 *
 * @throws whatever ended it otherwise, once what was found until then is told.
 */
export async function doctor(options: Options, output: Output, examine = diagnose): Promise<0 | 1 | 2> {
  const isProving = options.prove === true || options.report !== undefined;
  const record = isProving ? await ProofRecord.open(options.report, output) : undefined;
  using stop = stopSignals(() => {
    record?.pause();
    output.complain('stopping; what was made is taken back\n');
  });
  const findings: Finding[] = [];
  const tell = (finding: Finding) => {
    findings.push(finding);
    record?.pause();
    if (!options.json) output.write(formatFinding(finding, output.screen !== undefined));
  };
  const whole = async () => {
    const config = await check(options.config, tell);
    if (config === undefined) return;
    const parts = { ...partsOf(config, options), ...(record === undefined ? {} : { prover: record }) };
    using _ = parts.identities;
    for await (const finding of examine(parts, stop.signal)) tell(finding);
    if (record !== undefined && record.proofs.length > 0) await record.write();
  };
  const ended = await whole().then(
    () => 'whole' as const,
    (error: unknown) => ({ error }),
  );
  const isWhole = ended === 'whole';
  record?.pause();
  const proven = record && { proofs: record.proofs, place: record.place, report: record.report };
  if (options.json) output.write(formatJson({ whole: isWhole, findings, ...proven }));
  else output.write(conclusion(findings, isWhole));
  if (proven !== undefined && !options.json)
    output.write(
      proven.report === undefined ? 'No report was written\n' : `The report is in ${printableLine(proven.report)}\n`,
    );
  if (ended !== 'whole' && !stop.signal.aborted) throw ended.error;
  if (ended !== 'whole') return 1;
  return findings.some(({ colour }) => colour === 'red') ? 2 : 0;
}

async function check(path: string, tell: (finding: Finding) => void): Promise<LoadedConfig | undefined> {
  try {
    const config = await loadConfig(path);
    for (const message of config.warnings)
      tell(yellow('configuration', { what: formatProblem(message), remedy: message.remedy }));
    tell(green('configuration', `${path} is valid`));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const message of error.messages)
      tell(
        (message.severity === 'warning' ? yellow : red)('configuration', {
          what: formatProblem(message),
          remedy: message.remedy,
        }),
      );
    return undefined;
  }
}

function partsOf(config: LoadedConfig, { socket }: Options) {
  const { credentials, spec } = config;
  return {
    spec,
    wayOut: config.wayOut,
    identities: new Identities(credentials, systemClock),
    askDaemon: () => daemonFact(socket ?? spec.controlSocketPath),
  };
}

async function daemonFact(socket: string): Promise<DaemonFact> {
  try {
    return { kind: 'running', status: (await askDaemon(socket, '/status')) as StatusDocument };
  } catch (error) {
    if (error instanceof OtherReleaseError) return { kind: 'other-release', error: error.message };
    if (error instanceof NoDaemonError) return { kind: error.mayCome ? 'absent' : 'unreached', error: error.message };
    if (error instanceof DaemonError || error instanceof UserError) return { kind: 'failing', error: error.message };
    throw error;
  }
}

const PAINT: Readonly<Record<Colour, string>> = { green: '32', yellow: '33', red: '31', grey: '90' };

/** One finding as a person reads it: its colour in a word, and as one where it is a terminal that shows it. */
export function formatFinding({ check, colour, remedy, says }: Finding, isPainted: boolean): string {
  const word = colour.padEnd(6);
  const mark = isPainted ? `\u001b[${PAINT[colour]}m${word}\u001b[0m` : word;
  // What has several lines, such as the last ones of a script, keeps them, and none can pass for a finding.
  const set = (text: string) => text.trimEnd().split('\n').map(printableLine).join(`\n${MARGIN}`);
  const what = `${mark}  ${check.padEnd(17)}  ${set(says)}\n`;
  return remedy === undefined ? what : `${what}${MARGIN}-> ${set(remedy)}\n`;
}

const MARGIN = ' '.repeat(27);

function conclusion(findings: readonly Finding[], isWhole: boolean): string {
  const count = (colour: Colour) => findings.filter(finding => finding.colour === colour).length;
  const sums = `${count('green')} green, ${count('yellow')} yellow, ${count('red')} red, ${count('grey')} not looked at`;
  return `\n${sums}${isWhole ? '' : '; stopped before the end'}.\n`;
}
