/** Judges an agent pool in Azure, and what the token may do with it. Pure. */
import { agentPoolObstacle } from '../observe/usable-agent-pool.js';
import { checkPlaceholders } from './check-placeholders.js';
import type { AzureErrorKind, AzureFacts, BaseFacts, Fact } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';

/** From here on clocks are told to differ, and to differ by more than tokens of agents bear. */
const SKEW_MS = { yellow: 60_000, red: 240_000 };

/** What makes a token known, and lets it read agent pools. */
const KNOWN = {
  pat: 'make a token with the scope Agent Pools (Read & manage), for this organisation',
  bearer: 'add the identity that it is for to the users of this organisation',
} as const;

/** What lets a token that is known read agent pools. */
const LET_IN = {
  pat: KNOWN.pat,
  bearer: 'make the identity that it is for Administrator of the agent pool (Security)',
} as const;

/** Judges all of it; what needs something that fails is not looked at. `bases` are those that were seen of its pools. */
export function checkAzure(facts: AzureFacts, bases: readonly BaseFacts[]): Finding[] {
  const { agentPool, pool, url } = facts;
  if (!pool.known)
    return [...unread(pool, facts.token), ...REST.map(check => grey(check, 'the agent pool was not read'))];
  const reached = [green('azure-server', `${url} answers`), green('azure-token', 'the token is accepted')];
  const obstacle = agentPoolObstacle(pool.value, agentPool, url);
  if (obstacle !== undefined)
    return [
      ...reached,
      red('agent-pool', obstacle),
      ...REST.slice(1).map(check => grey(check, 'the agent pool is of no use')),
    ];
  return [
    ...reached,
    green('agent-pool', `"${agentPool}" is a self-hosted agent pool`),
    checkPermission('permission-view', 'see', facts.views, facts.token),
    checkPermission('permission-manage', 'register and delete', facts.manages, facts.token),
    checkReach(facts),
    checkEnd(facts.endsInMs),
    checkClock(facts.aheadMs),
    ...checkAgents(facts, pool.value?.autoUpdate, bases),
    checkRegistration(facts),
    PIPELINES,
    checkParallelJobs(facts),
    ...checkPlaceholders(facts),
  ];
}

/** No call tells it that a token for agents may make. A person looks there. */
const PIPELINES = grey(
  'pipelines',
  'this token is not told which pipelines may use the agent pool: Project settings, Agent pools, Security',
);

const REST = [
  'agent-pool',
  'permission-view',
  'permission-manage',
  'token-reach',
  'token-end',
  'clock',
  'agent-version',
  'auto-update',
  'registration',
  'pipelines',
  'parallel-jobs',
] as const;

function unread({ error, kind }: Extract<AzureFacts['pool'], { known: false }>, token: AzureFacts['token']): Finding[] {
  const answers = green('azure-server', 'the server answers');
  if (kind === undefined) {
    const remedy = 'mend what azure.pat or azure.auth in the configuration names, or correct them';
    return [grey('azure-server', 'there is no token to ask with'), red('azure-token', { what: error, remedy })];
  }
  if (kind === 'credentials') return [answers, red('azure-token', { what: error, remedy: KNOWN[token] })];
  if (kind === 'forbidden') {
    const remedy = `the token is known and may not read agent pools: ${LET_IN[token]}`;
    return [answers, red('azure-token', { what: error, remedy })];
  }
  return [
    red('azure-server', { what: error, remedy: REMEDIES[kind] }),
    grey('azure-token', 'the server was not reached'),
  ];
}

const REMEDIES: Readonly<Record<Exclude<AzureErrorKind, 'credentials' | 'forbidden'>, string>> = {
  unreachable:
    'see that this host reaches the server: its name, its address, a firewall, the authority of its certificate',
  timeout: 'see what slows the way to the server down',
  unavailable: 'wait: the server is ill; https://status.dev.azure.com tells of Azure DevOps Services',
  throttled: 'wait: the server asked for silence; another program with this token may call too often',
  'not-found': 'correct azure.url: the organisation or the collection',
  invalid: 'correct azure.url: the organisation or the collection',
  conflict: 'try again',
  busy: 'try again',
  protocol: 'what answers may not be Azure DevOps: a proxy, or a sign-in page',
};

function checkPermission(check: string, deed: string, fact: Fact<boolean>, token: AzureFacts['token']): Finding {
  if (!fact.known)
    return yellow(check, {
      what: `whether the token may ${deed} agents is not told: ${fact.error}`,
      remedy: 'the check of the registration shows it all the same',
    });
  if (fact.value) return green(check, `the token may ${deed} agents`);
  return red(check, {
    what: `the token may not ${deed} agents of this pool`,
    remedy: `make its user Administrator of the agent pool (Security), and ${KNOWN[token]}`,
  });
}

/** Whoever can manage agents of other pools as well can do more harm with what it signs in with than it needs. */
function checkReach({ agentPool, configured, manageable }: AzureFacts): Finding {
  const check = 'token-reach';
  if (!manageable.known)
    return grey(check, `the server does not tell what else the token may manage: ${manageable.error}`);
  const own = new Set(configured.map(name => name.toLowerCase()));
  const others = manageable.value.filter(name => !own.has(name.toLowerCase()));
  if (others.length === 0) return green(check, 'the token may manage no agent pool that is not in the configuration');
  const named = others.slice(0, 3).map(name => `"${name}"`);
  return yellow(check, {
    what: `the token may also manage agents of ${others.length} other pools: ${named.join(', ')}${others.length > 3 ? ', ...' : ''}`,
    remedy: `sign in as a user that is Administrator of "${agentPool}" alone`,
  });
}

const DAY_MS = 86_400_000;
const ENDS_SOON_MS = 30 * DAY_MS;

function checkEnd(endsInMs: number | undefined): Finding {
  const check = 'token-end';
  if (endsInMs === undefined)
    return grey(check, 'the configuration does not tell when what the pool signs in with expires, if it does');
  const days = Math.floor(Math.abs(endsInMs) / DAY_MS);
  const remedy = 'make a new one, put it in the place of the old, and write its last day to the configuration';
  if (endsInMs <= 0) return red(check, { what: `what the pool signs in with has expired ${days} days ago`, remedy });
  const what = `what the pool signs in with is good for ${days} days more`;
  return endsInMs < ENDS_SOON_MS ? yellow(check, { what, remedy }) : green(check, what);
}

function checkClock(aheadMs: number | undefined): Finding {
  if (aheadMs === undefined) return grey('clock', 'the server does not tell the time');
  const apart = Math.round(Math.abs(aheadMs) / 1000);
  const what = `this host's clock is ${apart} s ${aheadMs > 0 ? 'behind' : 'ahead of'} the server's`;
  const remedy = 'set the clock by NTP: timedatectl set-ntp true; tokens of agents are refused when clocks differ';
  if (Math.abs(aheadMs) >= SKEW_MS.red) return red('clock', { what, remedy });
  if (Math.abs(aheadMs) >= SKEW_MS.yellow) return yellow('clock', { what, remedy });
  return green('clock', `this host's clock is within ${SKEW_MS.yellow / 1000} s of the server's`);
}

function checkAgents(
  { newestAgent }: AzureFacts,
  autoUpdate: boolean | undefined,
  bases: readonly BaseFacts[],
): Finding[] {
  if (newestAgent === undefined)
    return [grey('agent-version', 'the configuration names the agent'), updates(autoUpdate, undefined)];
  if (!newestAgent.known)
    return [
      red('agent-version', {
        what: newestAgent.error,
        remedy: 'give agentPackage, a file on this host, or another agentVersion',
      }),
      updates(autoUpdate, undefined),
    ];
  const newest = newestAgent.value;
  if (bases.length === 0)
    return [
      grey('agent-version', `the server offers agent ${newest}; no base was seen to have it or not`),
      updates(autoUpdate, undefined),
    ];
  const isNewest = bases.every(({ agentVersion }) => agentVersion === newest);
  return [...bases.map(base => checkVersion(base, newest)), updates(autoUpdate, isNewest)];
}

function checkVersion({ agentVersion, name }: BaseFacts, newest: string): Finding {
  const what = `base ${name} has agent ${agentVersion}`;
  if (agentVersion === newest) return green('agent-version', `${what}, which is the one that the server offers`);
  return yellow('agent-version', {
    what: `${what}, and the server offers ${newest}`,
    remedy: 'have it built anew: "base build", or wait for baseRefresh',
  });
}

function updates(autoUpdate: boolean | undefined, isNewest: boolean | undefined): Finding {
  if (autoUpdate === undefined) return grey('auto-update', 'the server does not tell whether it updates agents');
  if (!autoUpdate) return green('auto-update', 'the server leaves agents as they are');
  if (isNewest !== false) return green('auto-update', 'the server updates agents, and bases bring the newest');
  return yellow('auto-update', {
    what: 'the server updates agents: each one of an older base loads another agent before its only job',
    remedy: 'have the base built anew ("base build"), or switch the updates of the agent pool off (Settings)',
  });
}

/** Agents beyond the parallel jobs of an organisation stay idle, and jobs wait beside them. */
function checkParallelJobs({ agents, parallelJobs }: AzureFacts): Finding {
  const check = 'parallel-jobs';
  if (!parallelJobs.known)
    return grey(
      check,
      `this token is not told how many jobs may run at once (${parallelJobs.error}): Organization settings, Parallel jobs, Self-hosted`,
    );
  const most = parallelJobs.value;
  if (most === undefined) return green(check, 'the server tells of no limit to jobs that run at once');
  const what = `the organisation may run ${most} ${most === 1 ? 'job' : 'jobs'} of private projects at once`;
  if (agents <= most) return green(check, what);
  return yellow(check, {
    what: `${what}, and pools of the configuration have up to ${agents} agents: the others stay idle while jobs wait`,
    remedy: 'buy parallel jobs (Organization settings, Parallel jobs, Self-hosted), or lower agentCount',
  });
}

function checkRegistration({ registration, wanted }: AzureFacts): Finding {
  const check = 'registration';
  if (!registration.known)
    return red(check, {
      what: registration.error,
      remedy: /authorization/.test(registration.error)
        ? 'such a server is safe in no mode'
        : 'try again; without it no agent is activated',
    });
  const { value } = registration;
  switch (value.kind) {
    case 'accepted':
      return green(
        check,
        wanted === 'guest'
          ? 'the server gives agents an identity of their own'
          : 'the server takes agents that the host registers',
      );
    case 'refused':
      return (wanted === 'host' ? red : yellow)(check, {
        what: `the server refuses agents that the host registers, at ${value.step}: ${value.why}`,
        remedy:
          wanted === 'host'
            ? 'use registration: auto or guest'
            : 'guests register themselves, with the token: see "The token" in README.md',
      });
    case 'unclear':
      return yellow(check, {
        what: `it is not clear whether the host may register agents: ${value.why}`,
        remedy: 'try again',
      });
  }
}
