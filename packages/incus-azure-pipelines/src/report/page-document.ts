import type { AgentPhase } from '../model/agent.js';
import type { StatusDocument } from './status-document.js';

/**
 * What the page is sent: all there is at first, and after that what has changed. Instants are epoch ms by the daemon's clock;
 * every text from outside is made printable.
 */
export interface PageDocument {
  /** When it was sent. */
  readonly at: number;
  /** When the daemon began to look: of before that, it knows the ends of agents alone. */
  readonly since: number;
  /** It looks at least so often (ms). */
  readonly lookEveryMs: number;
  /** What the page has from before is of another daemon: this is all there is. */
  readonly fresh: boolean;
  /** The last pass, whole; left out before the first one. */
  readonly status?: StatusDocument;
  /** Agents of the last hour, each whole, of which something has changed. */
  readonly lives: readonly AgentLife[];
  /** Figures that are new, or that take the place of the one with the same time. */
  readonly load: readonly LoadFigure[];
  readonly replacements: readonly Replacement[];
  /** What the daemon has forgotten by now: lives that ended, and figures that are, before these instants. */
  readonly forgotten: { readonly livesBefore: number; readonly figuresBefore: number };
}

/** One agent, from when it was first seen to its end. */
export interface AgentLife {
  readonly name: string;
  readonly pool: string;
  /** The latest of its phases. */
  readonly phases: readonly PhaseBegun[];
  readonly base?: string;
  readonly job?: string;
  readonly requestId?: number;
  /** How its job ended, in Azure's words. */
  readonly result?: string;
  readonly endedAt?: number;
  /** Why it ended. Its last lines can be asked for then. */
  readonly why?: string;
}

interface PhaseBegun {
  readonly phase: AgentPhase;
  readonly at: number;
}

/** Agents of all pools together, at one time. */
export interface LoadFigure {
  readonly at: number;
  readonly target: number;
  readonly live: number;
  readonly busy: number;
}

/** A place that was filled again: when, and how long (ms) after its agent was done. */
export interface Replacement {
  readonly at: number;
  readonly pool: string;
  readonly ms: number;
}

/** What is kept of an agent that ended, as the page asks for it. */
export interface LastWords {
  readonly name: string;
  readonly lastLines: string;
}
