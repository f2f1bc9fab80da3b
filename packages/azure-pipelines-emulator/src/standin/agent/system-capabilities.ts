/** What an agent tells its pool about the machine: some facts, the tools it finds, and every short environment variable. */

import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';

export interface CapabilitySources {
  readonly agentName: string;
  readonly version: string;
  readonly rootDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

const longestVariable = 1023;
const tools = ['bash', 'cmake', 'curl', 'docker', 'git', 'java', 'make', 'node', 'npm', 'python3', 'sh'];
const notPublished = new Set([
  'COMP_WORDBREAKS',
  'LS_COLORS',
  'TERM',
  'TERM_PROGRAM',
  'TERM_PROGRAM_VERSION',
  'SHLVL',
  'PSMODULEPATH',
  'SYSTEM_ACCESSTOKEN',
]);

/** Returns the system capabilities by name; built-in names win over variables, `.capabilities` over both. */
export function systemCapabilities(sources: CapabilitySources): Readonly<Record<string, string>> {
  const { environment } = sources;
  const capabilities: Record<string, string> = {};
  const ignored = new Set((environment.VSO_AGENT_IGNORE ?? '').split(',').map(name => name.trim().toUpperCase()));
  for (const [name, value] of Object.entries(environment)) {
    const isHidden = notPublished.has(name.toUpperCase()) || ignored.has(name.toUpperCase());
    if (value !== undefined && value.length <= longestVariable && !isHidden) capabilities[name] = value;
  }
  const directories = (environment.PATH ?? '').split(delimiter).filter(directory => directory !== '');
  for (const tool of tools) {
    const directory = directories.find(candidate => existsSync(join(candidate, tool)));
    if (directory !== undefined) capabilities[tool] = join(directory, tool);
  }
  return {
    ...capabilities,
    'Agent.Name': sources.agentName,
    'Agent.Version': sources.version,
    'Agent.OS': 'Linux',
    'Agent.OSArchitecture': process.arch.toUpperCase(),
    'Agent.ComputerName': hostname(),
    'Agent.HomeDirectory': sources.rootDirectory,
    InteractiveSession: 'False',
    ...ownCapabilities(sources.rootDirectory),
  };
}

function ownCapabilities(rootDirectory: string): Readonly<Record<string, string>> {
  const path = join(rootDirectory, '.capabilities');
  return existsSync(path) ? assignmentsIn(readFileSync(path, 'utf8')) : {};
}

/** Parses `name=value` lines: split at the first equals sign, no quoting; lines without one are skipped. */
export function assignmentsIn(text: string): Readonly<Record<string, string>> {
  const assignments: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) assignments[line.slice(0, at).trim()] = line.slice(at + 1).replace(/\r$/, '');
  }
  return assignments;
}
