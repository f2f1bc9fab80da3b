import { type AzurePipelinesClient, type AzurePipelinesOptions, connectAzurePipelines } from '../src/client.js';

/** The token of every test; `Basic OmFiYzEyMw==` on the wire. */
export const token = 'abc123';

/** A list without elements, as the service wraps it. */
export const emptyList = { body: { count: 0, value: [] } };

/** Connects with the token of the tests unless told otherwise. */
export function connect(url: string, options: Partial<AzurePipelinesOptions> = {}): AzurePipelinesClient {
  return connectAzurePipelines({ url, auth: { kind: 'pat', token }, ...options });
}
