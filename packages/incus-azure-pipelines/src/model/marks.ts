/**
 * The keys by which an instance says whose it is. They stand on the instance itself, so that a restarted daemon finds
 * everything; guests can read them, so nothing secret is among them.
 */
export const MARKS = {
  owner: 'user.iap.owner',
  contract: 'user.iap.contract',
  pool: 'user.iap.pool',
  /** Name of the base that an instance was copied from. */
  base: 'user.iap.base',
  /** The agent pool that it is for, by `azureKey`: so that it is found when its pool is not configured any more. */
  agentPool: 'user.iap.agent-pool',
  /** The id of that agent pool in Azure, from its activation on: names are given away, and a pool may take that of another. */
  agentPoolId: 'user.iap.agent-pool-id',
  /** What it was made with beside its base. */
  shape: 'user.iap.shape',
  /** Host name of the Azure server: the guest waits until it resolves. */
  server: 'user.iap.server',
  /** Epoch ms of the activation, and later of the enabling of a listening one; an instance that has it is never prepared again. */
  activated: 'user.iap.activated',
  /** Epoch ms at which it joined the listening reserve: its agent is disabled, and has never been enabled by us. */
  listening: 'user.iap.listening',
  /** On a network that setup has made alone: the project that it was made for. */
  project: 'user.iap.project',
  /** Among the server's keys: the owner for whose daemon it listens. */
  listens: 'user.iap.listens',
  /** On bases alone: `building` or `ready`. */
  baseState: 'user.iap.base.state',
  /** On bases alone: the agent version that is in it. */
  baseAgentVersion: 'user.iap.base.agent-version',
  /** On bases alone: digest of what the configuration says of it, apart from which image and agent there were. */
  baseOwn: 'user.iap.base.own',
  /** On bases alone: the image that it was built from. */
  baseImage: 'user.iap.base.image',
  /** On bases alone: epoch ms at which image and agent in it were last seen to be the newest. */
  baseCheckedAt: 'user.iap.base.checked-at',
  /** On bases alone: ms, and bytes where Incus tells them, that a copy took where the storage pool cannot copy on write. */
  baseCopy: 'user.iap.base.copy',
  /** On bases alone: the pools of which an agent copied from it was seen online, with commas in between. */
  baseProven: 'user.iap.base.proven',
} as const;

/**
 * Version of the guest contract and of these keys, as this daemon speaks them. `owner`, `contract`, `pool`, `base` and
 * `activated` mean the same in every version: by them the agents of an older or newer daemon are adopted.
 */
export const CONTRACT = '1';
