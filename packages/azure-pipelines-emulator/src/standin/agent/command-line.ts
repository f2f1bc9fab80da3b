/** The arguments and environment inputs of the agent's own command line, as its documentation lists them. */

type Verb = 'configure' | 'remove' | 'reauth' | 'run' | 'warmup';

export interface CommandLine {
  readonly verb: Verb;
  /** By lower-case name, without dashes. */
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly unrecognized: readonly string[];
}

const verbs: readonly Verb[] = ['configure', 'remove', 'reauth', 'run', 'warmup'];

const flagNames = new Set([
  'unattended',
  'replace',
  'acceptteeeula',
  'disableloguploads',
  'restreamlogstofiles',
  'alwaysextracttask',
  'launchbrowser',
  'version',
  'commit',
  'help',
  'diagnostics',
  'once',
  'debug',
  'usebasicauthforproxy',
  'sslskipcertvalidation',
]);

const valueNames = new Set([
  'url',
  'pool',
  'agent',
  'work',
  'auth',
  'projectname',
  'collectionname',
  'token',
  'password',
  'clientsecret',
  'proxypassword',
  'sslclientcertpassword',
  'windowslogonpassword',
  'username',
  'clientid',
  'tenantid',
  'proxyurl',
  'proxyusername',
  'sslcacert',
  'sslclientcert',
  'sslclientcertkey',
  'sslclientcertarchive',
  'notificationpipename',
  'notificationsocketaddress',
  'monitorsocketaddress',
  'startuptype',
]);

const inputPrefix = 'vsts_agent_input_';

/**
 * Takes every `VSTS_AGENT_INPUT_<NAME>` out of an environment: what it returns is keyed by the lower-case name, and the
 * variables are gone from `environment`, so that no child inherits them.
 */
export function takeInputs(environment: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const inputs = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.toLowerCase().startsWith(inputPrefix)) continue;
    delete environment[name];
    if (value !== undefined && value !== '') inputs.set(name.slice(inputPrefix.length).toLowerCase(), value);
  }
  return inputs;
}

/**
 * Parses the agent's arguments; `inputs` fill in what no argument gives. Names and the verb are compared without case. An
 * unknown argument is reported and skipped, as the real agent does; no verb means `run`.
 */
export function parseCommandLine(
  argumentList: readonly string[],
  inputs: ReadonlyMap<string, string> = new Map(),
): CommandLine {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const unrecognized: string[] = [];
  for (const [name, value] of inputs) {
    if (valueNames.has(name)) values.set(name, value);
    else if (flagNames.has(name) && value.toLowerCase() === 'true') flags.add(name);
  }

  let rest = argumentList;
  const first = rest[0]?.toLowerCase();
  const verb = verbs.find(known => known === first);
  if (verb !== undefined) rest = rest.slice(1);

  for (let index = 0; index < rest.length; index += 1) {
    const argument = rest[index] ?? '';
    const name = argument.startsWith('--') ? argument.slice(2).toLowerCase() : '';
    const next = rest[index + 1];
    if (flagNames.has(name)) {
      flags.add(name);
    } else if (valueNames.has(name) && next !== undefined && !next.startsWith('--')) {
      values.set(name, next);
      index += 1;
    } else {
      unrecognized.push(argument);
    }
  }
  return { verb: verb ?? 'run', values, flags, unrecognized };
}
