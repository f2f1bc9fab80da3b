import type { AzurePipelinesClient } from 'azure-pipelines-client';
import { fittingsOfBase } from '../../model/fittings.js';
import type { PoolSpec } from '../../model/pool.js';
import type { ExecutorParts } from '../parts.js';
import { type AgentPackage, describeAgentFile, findAgent } from './agent-package.js';
import { baseDigest, ownDigest, recipeDigest } from './digest.js';
import { dockerInputs } from './docker-inputs.js';
import { findSourceImage, type SourceImage } from './source-image.js';

/** What a base would be built from now. */
export interface BasePlan {
  /** Name of the base: it says everything that shapes it. */
  readonly name: string;
  /** Digest of what the configuration says of it; the rest comes from image server and Azure. */
  readonly own: string;
  readonly image: SourceImage;
  /** The agent to install; undefined where the image has one. */
  readonly agent: AgentPackage | undefined;
}

/** The pool of a base, and the server that offers its agent. */
export interface BasePool {
  readonly spec: PoolSpec;
  readonly azure: Pick<AzurePipelinesClient, 'packages' | 'url'>;
}

type Parts = Pick<ExecutorParts, 'incus' | 'wayOut' | 'architecture' | 'owner'>;

/** Digests what the configuration and the files that it names say of a pool's base. @throws Error when one cannot be read. */
export async function ownInputs(
  { spec: { base, fittings } }: Pick<BasePool, 'spec'>,
  signal: AbortSignal,
): Promise<string> {
  const file =
    !base.isMade && base.agent.kind === 'file' ? await describeAgentFile(base.agent.path, signal) : undefined;
  const asked = base.agent.kind === 'file' ? undefined : base.agent;
  return ownDigest({
    image: base.image,
    agent: base.isMade ? undefined : (file ?? asked),
    scripts: base.provisionScripts,
    aptMirror: base.aptMirror,
    isMade: base.isMade,
    docker: base.docker,
    tmpfsSizeBytes: base.tmpfsSizeBytes,
    recipeDigest: recipeDigest(),
    authorities: base.authorities ?? [],
    ipv6: !base.isMade && base.ipv6 === true,
    fittings: fittingsOfBase(fittings),
    dockerInputs: await dockerInputs(base.dockerSpec, signal),
  });
}

/** Looks up image and agent, and names the base that is made of them. @throws Error when one of them cannot be found. */
export async function planBase(pool: BasePool, parts: Parts, signal: AbortSignal): Promise<BasePlan> {
  const { base } = pool.spec;
  const own = await ownInputs(pool, signal);
  const image = await findSourceImage(parts.incus, base.image, parts.architecture, parts.wayOut, signal);
  const agent = base.isMade ? undefined : await findAgent(base.agent, pool.azure, parts.architecture, signal);
  const digest = baseDigest({ own, image: image.identity, agent });
  return { name: `iap-base-${parts.owner}-${digest}`, own, image, agent };
}
