import { Argument, Command, CommanderError, Option } from 'commander';
import { RELEASE } from '../lib/release.js';
import { type CommandShape, shapeOf } from './command-shape.js';
import type { Output } from './output.js';
import { seedForm } from './seed-form.js';

const DEFAULT_CONFIG = '/etc/incus-azure-pipelines/config.yaml';
const DEFAULT_SOCKET = '/run/incus-azure-pipelines/control.sock';

/**
 * Does what the arguments say, and gives back the exit code: 0 done, 1 failed, 2 a mistake that the reader can mend.
 * Failures are told on `output`, never thrown.
 */
export async function callProgram(args: readonly string[], output: Output): Promise<number> {
  let code = 0;
  const program = makeProgram(output, verdict => {
    code = verdict;
  });
  try {
    await program.parseAsync(seedForm(args), { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its own message; help and version are no failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return (await import('./failure.js')).reportFailure(error, output);
  }
}

/** All verbs, with what they take. */
export function programShape(): CommandShape {
  return shapeOf(makeProgram({ write() {}, complain() {} }, () => {}));
}

/** Verbs are loaded when they are called, so that `--version` and `--help` answer at once. */
function makeProgram(output: Output, conclude: (code: number) => void): Command {
  const config = new Option('-c, --config <file>', 'configuration file').default(DEFAULT_CONFIG);
  const socket = new Option('--socket <path>', "the daemon's control socket").default(DEFAULT_SOCKET);
  const json = new Option('--json', 'print JSON');
  const program = new Command('incus-azure-pipelines')
    .description('Gives every Azure Pipelines job a fresh Incus system container of its own.')
    .version(RELEASE)
    .configureOutput({ writeOut: output.write, writeErr: output.complain })
    .showHelpAfterError()
    .exitOverride();
  program
    .command('run')
    .description('run the daemon until it is told to stop')
    .addOption(config)
    .addOption(
      new Option('--log-level <level>', 'least important events to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async options => {
      // What tells of a failure is loaded before there is one: an upgrade takes its file away from under a running daemon.
      await import('./failure.js');
      await (await import('./run.js')).run(options);
    });
  program
    .command('check')
    .description('check a configuration file and say everything that is wrong with it')
    .addOption(config)
    .addOption(json)
    .action(async options => conclude(await (await import('./check.js')).check(options, output)));
  program
    .command('setup')
    .description('make the place in Incus that the daemon works in, apart from everything else, or take it back')
    .addOption(config)
    .option('--yes', 'do it without asking')
    .option('--remove', 'take back what setup has made, and nothing else')
    .option('--storage <pool>', 'storage pool for the agents, where Incus has several')
    .addOption(json)
    .action(async options => (await import('./setup.js')).setup(options, output));
  program
    .command('plan')
    .description('print what the daemon would do now, and do nothing')
    .addOption(config)
    .addOption(json)
    .action(async options => (await import('./plan.js')).printPlan(options, output));
  program
    .command('simulate')
    .description('say how many agents are enough, by the jobs that an agent pool has had')
    .requiredOption('--agents <numbers>', 'what to try: 8, 8..40, 8..40/4, several with commas in between')
    .option('--from-azure <duration>', 'take the jobs that were queued in so long a time, such as 14d')
    .option('--trace <file>', 'take the jobs from a file')
    .addOption(config)
    .option('--pool <name>', 'the pool, where several are configured')
    .option('--standby <number>', 'idle agents kept beyond the busy ones, in place of what is configured')
    .option('--offer <capability>', 'NAME or NAME=VALUE that agents would offer to demands; may be repeated', collect)
    .option('--preparing <duration>', 'what a guest takes from its start until it is prepared')
    .option('--starting <duration>', 'what an agent takes from its activation until it is online')
    .option('--save-trace <file>', 'write the jobs down')
    .option('--svg <file>', 'draw the chart')
    .addOption(json)
    .action(async options => (await import('./simulate.js')).simulate(options, output));
  program
    .command('status')
    .description('show pools and agents of the running daemon')
    .option('--watch', 'draw it anew each second until Ctrl-C')
    .addOption(socket)
    .addOption(json)
    .action(async options => (await import('./status.js')).printStatus(options, output));
  program
    .command('explain')
    .description('say why an agent, a pool or a job is there, why it waits, or why it ended')
    .argument('<what>', 'name of an agent or a pool, or number of a job request')
    .addOption(socket)
    .addOption(json)
    .action(async (what: string, options) => (await import('./explain.js')).printExplanation(what, options, output));
  program
    .command('logs')
    .description('list the agents that ended, or show the log of one, and why it ended')
    .argument('[agent]', 'name of an agent')
    .option('-f, --follow', 'go on with the log of an agent that lives until it ends')
    .addOption(config)
    .addOption(socket)
    .addOption(json)
    .action(async (agent: string | undefined, options) =>
      (await import('./live-logs.js')).showLogs(agent, options, output),
    );
  program
    .command('shell')
    .description('open a shell of root in an agent that lives')
    .argument('<agent>', 'name of an agent')
    .addOption(config)
    .action(async (agent: string, options) => (await import('./shell.js')).openShell(agent, options, output));
  const agent = new Option('--agent <name>', 'one agent');
  program
    .command('drain')
    .description('let agents finish their jobs and make no new ones; idle agents go once Azure shows them as free')
    .argument('[pool]', 'one pool; all of them when omitted')
    .addOption(agent)
    .option('--host', 'all pools, those too that are configured later; the same as no pool at all')
    .option('--all', 'the same as --host')
    .option('--remove-placeholder', 'delete the placeholders of pools too: jobs then fail at once, and do not wait')
    .option('--until-boot', 'take the drain back when the host has booted anew')
    .option('--wait', 'return when the last agent is gone')
    .option('--timeout <duration>', 'wait so long at most')
    .addOption(socket)
    .action(async (pool: string | undefined, options) =>
      conclude(await (await import('./drain.js')).drain(pool, options, output)),
    );
  program
    .command('resume')
    .description('take a drain back')
    .argument('[pool]', 'one pool; every drain when omitted')
    .addOption(agent)
    .addOption(socket)
    .action(async (pool: string | undefined, options) => (await import('./drain.js')).resume(pool, options, output));
  program
    .command('adopt')
    .description('take back the instances of an installation whose state directory was lost, or list who has some')
    .option('--owner <id>', 'the lost id, as the instances tell it in user.iap.owner')
    .addOption(config)
    .addOption(json)
    .action(async options => (await import('./adopt.js')).adopt(options, output));
  const base = program.command('base').description('look at bases, build and delete them');
  base
    .command('list')
    .description('list the bases that are there and those that are wanted')
    .addOption(config)
    .addOption(json)
    .action(async options => (await import('./base.js')).listBases(options, output));
  base
    .command('build')
    .description('build the base that a pool wants, of the newest image and agent')
    .argument('[pool]', 'one pool; all of them when omitted')
    .addOption(config)
    .action(async (pool: string | undefined, options) => (await import('./base.js')).buildBases(pool, options, output));
  base
    .command('prune')
    .description('delete the bases that no pool needs')
    .addOption(config)
    .action(async options => (await import('./base.js')).pruneBases(options, output));
  program
    .command('doctor')
    .description('prove by doing it that everything agents need is there, and say what to do where it is not')
    .addOption(config)
    .option('--socket <path>', "the daemon's control socket, where it is not the one in the configuration")
    .option(
      '--prove',
      'try isolation, docker, limits and out of memory in guests too, for a minute or more, and write a report',
    )
    .option('--report <file>', 'where that is written, as Markdown; implies --prove')
    .addOption(json)
    .action(async options => conclude(await (await import('./doctor.js')).doctor(options, output)));
  program
    .command('contract')
    .description('try on a real server all that the emulator only imitates, and say where that answers otherwise')
    .requiredOption('--pool <name>', 'an agent pool that is there for this, and empty')
    .option('--url <url>', 'the organisation or collection')
    .option('--token-file <file>', 'file with the token')
    .addOption(new Option('--token-env <name>', 'variable with the token').default('AZURE_PIPELINES_TOKEN'))
    .option('-c, --config <file>', 'take the organisation and the token from a configuration file')
    .option(
      '--await-job',
      'wait five minutes for a job that you queue for this, take it, and end it as canceled without running it',
    )
    .option('--beside-others', 'also in a pool that has agents, which are left alone')
    .addOption(new Option('--record <file>', 'where to write what was said').default('contract-recording.json'))
    .addOption(json)
    .action(async options => conclude(await (await import('./contract.js')).contract(options, output)));
  program
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action(async () => (await import('./schema.js')).printSchema(output));
  program
    .command('completion')
    .description('print a script that lets a shell complete verbs and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) =>
      output.write((await import('./completion.js')).completionFor(shell, shapeOf(program))),
    );
  program
    .command('manual')
    .description('print the manual page, for man')
    .action(async () => output.write((await import('./manual.js')).manualPage(shapeOf(program), RELEASE)));
  return program;
}

/** Takes an option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
