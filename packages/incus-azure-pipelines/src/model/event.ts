import type { Action } from './action.js';
import type { Agent, AgentPhase, JobRequest } from './agent.js';
import type { EndReason } from './end.js';
import type { Progress } from './progress.js';
import type { Want } from './want.js';

/** Everything that the daemon tells, by name. Log, metrics and status hang on this list. */
export interface DaemonEvents {
  /** An agent was seen in a phase for the first time. */
  readonly 'phase-changed': { readonly agent: Agent; readonly from: AgentPhase | undefined; readonly at: number };
  /** An agent that was there is in neither system any more. */
  readonly 'agent-gone': { readonly agent: Agent; readonly at: number };
  /** An instance of ours was found gone for the first time; `why` is in words, and may hold foreign text. */
  readonly 'agent-ended': {
    readonly agent: Agent;
    readonly reason: EndReason;
    readonly why: string;
    readonly memoryKills: number;
    readonly killsSeenByHost: boolean;
  };
  /** The record of an agent that ended could not be written; the daemon goes on without it. */
  readonly 'end-unwritten': { readonly agent: Agent; readonly at: number; readonly error: string };
  /** The host has registered an agent, which no reading shows yet; its instance has been told nothing. */
  readonly 'agent-registered': { readonly name: string; readonly agentId: number };
  /** An agent was seen to have taken its job. */
  readonly 'job-taken': { readonly agent: Agent; readonly job: JobRequest };
  /** Azure told how the job of an agent ended. */
  readonly 'job-ended': { readonly agent: Agent; readonly job: JobRequest };
  readonly 'action-started': { readonly action: Action; readonly at: number };
  readonly 'action-ended': { readonly action: Action; readonly at: number; readonly ms: number };
  readonly 'action-failed': {
    readonly action: Action;
    readonly at: number;
    readonly error: unknown;
    readonly retryAt: number;
    readonly count: number;
  };
  /** Another configuration is in force; what it changes, in words. */
  readonly 'configuration-taken': { readonly changes: readonly string[]; readonly at: number };
  /** The configuration file was read again and cannot be put in force; what was before goes on. */
  readonly 'configuration-refused': { readonly why: string; readonly at: number };
  /** The loop has looked and decided. */
  readonly 'pass-ended': { readonly at: number };
  /** A long action is getting on. */
  readonly progress: { readonly action: Action; readonly progress: Progress };
  /** Guests share one range of user ids, and why. */
  readonly 'isolation-off': { readonly why: string };
  /** A system could not be read, or can be again. */
  readonly 'reading-changed': { readonly of: string; readonly known: boolean; readonly error: string | undefined };
  /** The last lines of a finished agent. Foreign text. */
  readonly 'log-collected': {
    readonly name: string;
    readonly pool: string;
    readonly text: string;
    /** Processes that the kernel killed because the guest was out of memory. */
    readonly memoryKills: number;
    /** It is the host that counted them; else the guest, whose job may forge that. */
    readonly killsSeenByHost: boolean;
    /** What else it lacked. */
    readonly wants: readonly Want[];
    /** Why the guest could not register its agent, in its own words. */
    readonly registrationError: string | undefined;
  };
  /** It is settled who registers the agents of these pools; with a refusal, which step the server did not take and why. */
  readonly 'registration-chosen': {
    readonly pools: readonly string[];
    readonly mode: 'host' | 'guest';
    readonly refusal: { readonly step: string; readonly why: string } | undefined;
  };
  /** RSA keys of agents to come: how many are ready, and how many there are to be. */
  readonly 'keys-changed': { readonly ready: number; readonly wanted: number };
  /** The latest token of these pools was refused, and the one before goes on: since when; undefined once that is over. */
  readonly 'token-covered': { readonly pools: readonly string[]; readonly since: number | undefined };
  /** A job runs too long: not before `dueAt` (epoch ms) its agent is ended with it. */
  readonly 'job-overlong': { readonly name: string; readonly pool: string; readonly dueAt: number };
  /** A guest rang its doorbell too often and lost it. */
  readonly 'doorbell-removed': { readonly name: string; readonly pool: string };
  /** One call to Incus or Azure came back. */
  readonly call: {
    readonly to: 'incus' | 'azure';
    readonly route: string;
    readonly status: number | undefined;
    readonly ms: number;
    /** More of a call to Azure. */
    readonly azure?: AzureCall;
  };
}

/** What a call to Azure tells beside its status. */
export interface AzureCall {
  /** The pool with whose token it was made. */
  readonly pool: string;
  /** Whether the server knows the token; undefined where its answer does not tell. */
  readonly accepted: boolean | undefined;
  /** What the server said of the rate that it grants, which it does when that runs out. */
  readonly rateLimit:
    | {
        readonly limit?: number | undefined;
        readonly remaining?: number | undefined;
        /** How long it held this very call back. */
        readonly delayMs?: number | undefined;
      }
    | undefined;
}

export type Emit = <K extends keyof DaemonEvents>(name: K, event: DaemonEvents[K]) => void;
