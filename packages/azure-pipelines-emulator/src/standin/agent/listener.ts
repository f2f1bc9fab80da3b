/** The program behind `Agent.Listener`: takes a verb, ends with the agent's exit code. */

import { join } from 'node:path';
import { type BuildOptions, readBuildOptions } from './build-options.js';
import { type CommandLine, parseCommandLine, takeInputs } from './command-line.js';
import { type Diagnose, openDiagnostics } from './diagnostics.js';
import { ExitError, exitCodes, messageOf } from './exit-error.js';
import { pause } from './pause.js';
import { agentRootDirectory, loadEnvironmentFile, presentAs, restoreEnvironment } from './process-environment.js';

const rootDirectory = agentRootDirectory();
restoreEnvironment(process.env);
loadEnvironmentFile(rootDirectory, process.env);
presentAs('Agent.Listener', rootDirectory, process.argv.slice(2));
// Before anything else is started, and before anything is logged.
const commandLine = parseCommandLine(process.argv.slice(2), takeInputs(process.env));
process.exit(await main(commandLine, readBuildOptions(rootDirectory)));

async function main({ verb, flags, unrecognized }: CommandLine, build: BuildOptions): Promise<number> {
  if (unrecognized.length > 0) {
    print(`Unrecognized command-line input arguments: '${unrecognized.map(withoutValue).join(', ')}'.`);
  }
  if (flags.has('version')) {
    print(build.version);
    return exitCodes.done;
  }
  const diagnose = openDiagnostics(process.env.AGENT_DIAGLOGPATH ?? join(rootDirectory, '_diag'), 'Agent', Date.now());
  diagnose(`stand-in agent ${build.version}, verb ${verb}`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      print('Exiting...');
      interrupted.abort();
    });
  }
  const code = await perform(build, diagnose, interrupted.signal);
  diagnose(`exit code ${code}`);
  return code;
}

async function perform(build: BuildOptions, diagnose: Diagnose, signal: AbortSignal): Promise<number> {
  const { verb, flags } = commandLine;
  try {
    if (build.startDelayMs > 0) await pause(build.startDelayMs, signal);
    // Each verb loads its own code only: the listener is to be there at once.
    switch (verb) {
      case 'run': {
        const { run } = await import('./run.js');
        await run({ rootDirectory, build, once: flags.has('once'), print, diagnose, signal });
        break;
      }
      case 'configure': {
        const { configure } = await import('./configure.js');
        await configure({ rootDirectory, commandLine, build, print, signal });
        break;
      }
      case 'remove': {
        const { removeRegistration } = await import('./remove.js');
        await removeRegistration({ rootDirectory, commandLine, print, signal });
        break;
      }
      case 'reauth':
        throw new Error('The verb "reauth" is not known to this agent; remove and configure it again.');
      case 'warmup':
        break;
    }
    return exitCodes.done;
  } catch (error) {
    return codeOf(error, diagnose, signal);
  }
}

function codeOf(error: unknown, diagnose: Diagnose, signal: AbortSignal): number {
  const isRun = commandLine.verb === 'run';
  if (signal.aborted) return isRun ? exitCodes.done : exitCodes.terminated;
  diagnose(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  if (error instanceof ExitError) {
    printError(error.message);
    return error.exitCode;
  }
  printError(isRun ? `An error occurred: ${messageOf(error)}` : messageOf(error));
  return isRun ? exitCodes.retryable : exitCodes.terminated;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What was not recognised may be a mistyped name with its secret: only what looks like a name is repeated. */
function withoutValue(argument: string): string {
  return argument.startsWith('--') ? argument.replace(/=.*/s, '=***') : '***';
}
