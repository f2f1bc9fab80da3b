/** The keys of a pool, each with its kind, its sentence and its default. */

import * as z from 'zod';
import { auth, pat } from './auth-schema.js';
import { aptMirror, provisionScripts } from './base-schema.js';
import { DEFAULTS } from './defaults.js';
import { docker } from './docker-schema.js';
import { fittingsKeys } from './fittings-schema.js';
import { count, day, duration, expecting, flag, gib, key, path, text } from './kinds.js';
import { standby } from './standby-schema.js';

const imageServer = expecting(
  z.strictObject({
    url: key(text('an https URL', DEFAULTS.imageServerUrl), 'URL of the image server.'),
    protocol: key(
      expecting(z.enum(['simplestreams', 'incus']), {
        kind: 'choice',
        expects: 'simplestreams or incus',
        example: 'simplestreams',
      }),
      'What the server speaks.',
      DEFAULTS.imageProtocol,
    ),
    certificate: key(
      path('/etc/ssl/images.crt'),
      "PEM file with the server's certificate, where no known authority signed it.",
    ),
  }),
  { kind: 'map', expects: 'a map with url, protocol and certificate', example: `{url: ${DEFAULTS.imageServerUrl}}` },
);

const azure = expecting(
  z.strictObject({
    pat: key(pat, 'Personal access token with the scope "Agent Pools (read, manage)".'),
    auth: key(auth, 'Another way to prove who the pool is, in place of pat; one of these keys.'),
    url: key(
      text('the URL of the organisation', 'https://dev.azure.com/contoso'),
      'URL of the organisation, or of the collection on Azure DevOps Server.',
    ),
    pool: key(text('the name of an agent pool', 'Default'), 'Name of the agent pool in Azure.'),
    patExpires: key(
      day('2027-01-31'),
      'Day on which the token expires, which Azure tells no token of this scope; for metrics, alerts and status.',
    ),
  }),
  {
    kind: 'map',
    expects: 'a map with pat or auth, url and pool',
    example: '{pat: {env: AZURE_PAT}, url: "https://dev.azure.com/contoso", pool: Default}',
  },
);

const variables = expecting(
  z.record(
    text('a name of letters, digits and _, not starting with a digit', 'HTTP_PROXY', /^[A-Za-z_][A-Za-z0-9_]*$/),
    expecting(z.union([z.string(), z.number(), z.boolean()]), { kind: 'text', expects: 'text', example: '"text"' }),
  ),
  { kind: 'map', expects: 'a map of variables', example: '{HTTP_PROXY: "http://proxy:3128"}' },
);

const capabilities = expecting(
  z.record(
    text(
      'a name of letters, digits, dots, dashes and _ that does not begin with "Agent."',
      'gpu',
      /^(?!agent\.)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/i,
    ),
    expecting(z.union([z.string(), z.number(), z.boolean()]), { kind: 'text', expects: 'text', example: '"text"' }),
  ),
  { kind: 'map', expects: 'a map of capabilities', example: '{gpu: "true"}' },
);

/** What a pool may say, and what may stand beside `pools:` as the default of each. */
export const poolKeys = {
  name: key(
    text(
      'a name of letters, digits, dots, dashes, _ and spaces, at most 64 long',
      'linux',
      /^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/,
    ),
    'Name of the pool in this file; unique. A file with one pool needs none.',
  ),
  agentCount: key(count(0, 1000, 2), 'Most agents that live at once.'),
  standby: key(
    standby,
    'Idle agents kept ready beyond the busy ones and what is queued; with 0 a placeholder is registered for which jobs wait until an agent is made; agentCount when left out, which makes a pool of fixed size. A list makes it follow the clock: the first entry whose hours are in force counts, and the last one, without days and hours, at all other times.',
  ),
  reserve: key(
    count(0, 1000, 1),
    'Booted instances kept beyond the live agents, not registered, ready to take over.',
    DEFAULTS.reserve,
  ),
  reserveListening: key(
    flag(true),
    'Whether the agents of the reserve are started ahead, registered and disabled, so that taking over is one call to Azure; needs registration by the host.',
    DEFAULTS.reserveListening,
  ),
  agentPrefix: key(
    text(
      'lower-case letters, digits and dashes, a letter first and no dash last',
      'ci1',
      /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    ),
    "First part of every agent's name; the name of this host when left out.",
  ),
  baseImage: key(
    text('an image alias, or remote:alias', 'ubuntu/24.04'),
    'Image that the base is built from: ALIAS (of this Incus, else of imageServer), local:ALIAS, images:ALIAS, or REMOTE:ALIAS; or a stopped instance of the project, instance:NAME.',
  ),
  baseMade: key(
    flag(true),
    'Whether baseImage is a base already, made by hand: nothing is installed in it, and it is checked against the guest contract.',
    DEFAULTS.baseMade,
  ),
  imageServer: key(imageServer, 'Where images come from that this Incus does not have.'),
  remotes: key(
    expecting(z.record(text('a name of letters, digits, _ and dashes', 'mirror', /^[A-Za-z0-9_-]+$/), imageServer), {
      kind: 'map',
      expects: 'a map of image servers by name',
      example: '{mirror: {url: "https://mirror.example"}}',
    }),
    'Further image servers, by the name that baseImage calls them.',
  ),
  provisionScripts: key(
    provisionScripts,
    'Scripts run as root in the base, in order: paths, relative to this file, or {path: PATH, when: before} for before anything else is done in the image.',
  ),
  aptMirror: key(
    aptMirror,
    "Mirror of the distribution's packages that base and jobs use, in place of all sources that the image names; for hosts without a way out.",
  ),
  docker: key(docker, 'Whether docker is in the base, where it comes from, and what it is given.', DEFAULTS.docker),
  baseRefresh: key(
    expecting(z.union([z.literal('off'), duration('24h', 86_400_000, 2_592_000_000)]), {
      kind: 'duration',
      expects: 'off, or a duration from 24h to 30d',
      example: '24h',
    }),
    'How often a newer image or agent makes a new base, each host at a time of its own; off for never. What this file says is taken up at once.',
    DEFAULTS.baseRefresh,
  ),
  agentVersion: key(
    text('latest, or a version such as 4.275.0, in quotes', '"4.275.0"', /^(?:latest|\d{1,4}\.\d{1,5}\.\d{1,5})$/),
    'Agent in the base: the newest that the server offers, or one version of it.',
    DEFAULTS.agentVersion,
  ),
  agentPackage: key(
    path('/var/cache/vsts-agent-linux-x64.tar.gz'),
    'Agent package on this host, in place of one that the server offers; for hosts without a way out.',
  ),
  maxCores: key(count(1, 4096, 8), 'Cores that a job sees; all when left out.'),
  maxRamInGb: key(gib(0.25, 4), 'Memory of an agent in GiB; no limit when left out.'),
  diskSizeInGb: key(
    gib(1, 50),
    'Quota of the root disk in GiB; none when left out. On btrfs it slows the whole storage pool for good: better none there.',
  ),
  tmpfsSizeInGb: key(gib(0.01, 12), 'Size in GiB of a /tmp in memory.'),
  maxProcesses: key(
    count(100, 4_194_304, 10_000),
    'Most processes and threads of an agent at once.',
    DEFAULTS.maxProcesses,
  ),
  env: key(
    variables,
    'Variables of the agent and its jobs, exactly as written here, lines and all. Everybody who sees the agent pool can read them.',
  ),
  workFolder: key(
    text(
      'a name of a folder, or an absolute path, of letters, digits, dots, dashes and _',
      '/work',
      /^(?!(?:.*\/)?\.{1,2}(?:\/|$))\/?[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/,
    ),
    "Where jobs work: in the agent's home, or an absolute path that the user agent may write to in the base.",
    DEFAULTS.workFolder,
  ),
  capabilities: key(
    capabilities,
    'What jobs may demand of an agent, beside what it finds itself. Needs registration by the host.',
  ),
  ...fittingsKeys,
  registration: key(
    expecting(z.enum(['auto', 'host', 'guest']), {
      kind: 'choice',
      expects: 'auto, host or guest',
      example: 'auto',
    }),
    'Who registers an agent: host, so that the token never enters a guest; guest, by config.sh; or auto, host wherever the server takes it.',
    DEFAULTS.registration,
  ),
  preparationTimeout: key(
    duration('3m'),
    "From an instance's start until it is booted with network and docker.",
    DEFAULTS.preparationTimeout,
  ),
  startupGracePeriod: key(
    duration('5m'),
    'From activation until the agent is online in Azure.',
    DEFAULTS.startupGracePeriod,
  ),
  offlineGracePeriod: key(
    duration('5m'),
    'How long an idle agent may be offline before it is reaped.',
    DEFAULTS.offlineGracePeriod,
  ),
  idleTimeout: key(
    duration('10m'),
    'How long an agent beyond what standby and the queue ask for may be idle before it is drained.',
    DEFAULTS.idleTimeout,
  ),
  powerOffTimeout: key(
    duration('1m'),
    'From the end of the job until the instance has to be gone.',
    DEFAULTS.powerOffTimeout,
  ),
  maxJobDuration: key(
    duration('6h', 60_000, 2_592_000_000),
    'A job that the daemon has seen run for longer is ended: its instance is deleted. Log and status say so beforehand. No limit when left out.',
  ),
  orphanGracePeriod: key(
    duration('5m'),
    'Age from which a registration of ours without an instance is deleted.',
    DEFAULTS.orphanGracePeriod,
  ),
  azure: key(azure, 'Where the agents register.'),
};

/** One pool of the list `pools:`. */
export const poolSchema = expecting(z.strictObject(poolKeys), {
  kind: 'map',
  expects: 'a map of keys that begins with name',
  example: '{name: linux}',
});

/** One pool as the file says it, durations in milliseconds. */
export type PoolSettings = z.output<typeof poolSchema>;
