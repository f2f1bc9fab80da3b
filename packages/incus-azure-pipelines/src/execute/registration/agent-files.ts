import type { KeyObject } from 'node:crypto';
import { Secret } from '../../lib/secret.js';
import { rsaParametersText } from './rsa-parameters.js';

/** Everything by which a registered agent knows who it is. */
export interface AgentIdentity {
  readonly agentId: number;
  readonly agentName: string;
  readonly poolId: number;
  readonly agentPool: string;
  readonly serverUrl: string;
  readonly clientId: string;
  readonly authorizationUrl: string;
  /** Where assertions are posted to. */
  readonly tokenEndpoint: string;
  readonly key: KeyObject;
}

export interface AgentFiles {
  /** `.agent` */
  readonly agent: string;
  /** `.credentials` */
  readonly credentials: Secret;
  /** `.credentials_rsaparams` */
  readonly rsaParameters: Secret;
}

/**
 * The texts of the three files that `config.sh` would have written; with them `run.sh` runs without it. The secret in
 * them is the key, which is good for this one agent.
 */
export function agentFiles(identity: AgentIdentity, workFolder: string): AgentFiles {
  const { agentId, agentName, poolId, agentPool: poolName, serverUrl } = identity;
  const { clientId, authorizationUrl, tokenEndpoint: oauthEndpointUrl } = identity;
  const settings = { acceptTeeEula: true, agentId, agentName, poolId, poolName, serverUrl, workFolder };
  const credentials = { scheme: 'OAuth', data: { clientId, authorizationUrl, oauthEndpointUrl } };
  return {
    agent: JSON.stringify(settings, undefined, 2),
    credentials: new Secret(JSON.stringify(credentials, undefined, 2)),
    rsaParameters: rsaParametersText(identity.key),
  };
}
