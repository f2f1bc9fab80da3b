#!/usr/bin/env node
/** `azure-pipelines-emulator`: starts an emulator alone, prints its URL, then what happens. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, program } from 'commander';
import { describeEvent } from './describe-event.js';
import { startEmulator } from './emulator.js';
import type { EmulatorOptions } from './options.js';
import { buildStandInPackage } from './standin/package.js';

interface CliOptions {
  readonly host: string;
  readonly port: number;
  readonly pool: readonly string[];
  readonly token?: string;
  readonly collection: string;
  readonly publicUrl?: string;
  readonly agentPackage: boolean;
}

program
  .name('azure-pipelines-emulator')
  .description('Stands in for Azure Pipelines towards agents and those who register them.')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 takes any free one', parsePort, 8080)
  .option('--pool <name...>', 'agent pools', ['default'])
  .option('--token <text>', 'personal access token; default $AZURE_PIPELINES_EMULATOR_TOKEN, else a random one')
  .option('--collection <name>', 'first segment of the URL, or several', 'emulated')
  .option('--public-url <url>', 'URL by which agents reach it, when it is another')
  .option('--no-agent-package', 'serve no agent package, instead of the stand-in agent')
  .action(run);

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function run(cli: CliOptions): Promise<void> {
  const token = cli.token ?? process.env.AZURE_PIPELINES_EMULATOR_TOKEN;
  const options: EmulatorOptions = {
    host: cli.host,
    port: cli.port,
    pools: cli.pool,
    collection: cli.collection,
    ...(token === undefined ? {} : { token }),
    ...(cli.agentPackage ? { agentPackage: await buildStandInPackage({ cacheDirectory: cacheDirectory() }) } : {}),
    ...(cli.publicUrl === undefined ? {} : { publicUrl: cli.publicUrl }),
  };
  const stopped = new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await using emulator = await startEmulator(options);
  process.stdout.write(`${emulator.url}\n`);
  if (token === undefined) process.stdout.write(`token ${emulator.token}\n`);
  emulator.on(event => process.stdout.write(`${describeEvent(event)}\n`));
  await stopped;
}

function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'azure-pipelines-emulator');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a number up to 65535.');
  return port;
}
