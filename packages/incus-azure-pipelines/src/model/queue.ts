/** What waits in Azure, and what our pools offer to it. */

/** A job request of an agent pool that is not over, as Azure shows it. */
export interface UnfinishedRequest {
  readonly requestId: number;
  /** Foreign text. */
  readonly jobName: string;
  /** Foreign text. */
  readonly demands: readonly string[];
  /** Whether an agent has taken it. */
  readonly received: boolean;
  /** Whether it is of a private project: it runs on one of the parallel jobs of its organisation, as many as were bought. */
  readonly isPrivate: boolean;
  /** Epoch ms by Azure's clock; undefined where it does not tell. */
  readonly queuedAt: number | undefined;
}

/** A job request that no agent has. */
export interface WaitingRequest extends Omit<UnfinishedRequest, 'isPrivate' | 'received'> {
  /** The agent pool that it waits in, by `azureKey`. */
  readonly agentPool: string;
  /** When it was first seen waiting (epoch ms). */
  readonly since: number;
  /** The one pool that it counts for; undefined where none offers what it demands. */
  readonly pool: string | undefined;
  /** Where no pool offers all of it: the demands that the nearest one does not meet. */
  readonly unmet: readonly string[];
  /** When an idle agent that could take it was last seen (epoch ms). */
  readonly couldTakeAt: number | undefined;
  /** It waits though idle agents could take it: for something that more agents do not bring. */
  readonly held: boolean;
  /** Where it is held since its organisation runs as many jobs at once as it may: so many. */
  readonly mostAtOnce: number | undefined;
  /** Whose it is, where other hosts make agents too. */
  readonly turn: Turn | undefined;
}

/** Who is to have an agent for a request, as the agents of all hosts in Azure tell, or its number. */
export interface Turn {
  /** This host; an agent of another one, idle or on its way; or another host, which is to make one. */
  readonly of: 'here' | 'agent' | 'host';
  /** Since when (epoch ms). */
  readonly since: number;
  /** How many turns have passed in which no agent was made for it. */
  readonly passed: number;
}

/** Whether a request is left to another host. */
export function isLeft({ turn }: Pick<WaitingRequest, 'turn'>): boolean {
  return turn !== undefined && turn.of !== 'here';
}

/** What a pool's agents offer to demands, in the names and values that one of them has shown. */
export interface Offer {
  /** Who has shown it; undefined where none has been online yet. */
  readonly shownBy: string | undefined;
  /** The base of that agent; undefined where none is known. */
  readonly base?: string | undefined;
  /** By lower-case name; what is one agent's alone has no value. */
  readonly capabilities: Readonly<Record<string, string>>;
}
