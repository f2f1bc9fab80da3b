/** The message by which an agent is given a job: what of it is needed to renew and to end that job. */
import { createDecipheriv } from 'node:crypto';
import { Secret } from '../lib/secret.js';

export interface GivenJob {
  readonly messageId: number;
  readonly requestId: number;
  readonly jobId: string;
  /** Where the job's plan is told what becomes of it. */
  readonly eventsUrl: string;
  readonly token: Secret;
}

interface JobBody {
  readonly requestId: number;
  readonly jobId: string;
  readonly plan: { readonly scopeIdentifier: string; readonly planType: string; readonly planId: string };
  readonly resources: { readonly endpoints: readonly Endpoint[] };
}

interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly authorization?: { readonly parameters?: { readonly AccessToken?: string } };
}

/**
 * Reads a message that a poll was answered; `key` is the session's, where it has one.
 *
 * @throws Error when it is none, or cannot be opened with that key. It quotes nothing.
 */
export function readJobMessage(answer: string, key: Buffer | undefined): GivenJob {
  try {
    const { body, iv, messageId } = JSON.parse(answer) as { body: string; iv?: string; messageId: number };
    const text = iv !== undefined && key !== undefined ? opened(body, key, iv) : body;
    const { jobId, plan, requestId, resources } = JSON.parse(text.replace(/^\uFEFF/, '')) as JobBody;
    const server = resources.endpoints.find(({ name }) => name === 'SystemVssConnection');
    const token = server?.authorization?.parameters?.AccessToken;
    if (server === undefined || token === undefined) throw new Error();
    const below = `/${plan.scopeIdentifier}/_apis/distributedtask/hubs/${plan.planType}/plans/${plan.planId}`;
    return {
      messageId,
      requestId,
      jobId,
      eventsUrl: `${server.url.replace(/\/+$/, '')}${below}/events`,
      token: new Secret(token),
    };
  } catch {
    throw new Error('the message is no job that this program can read');
  }
}

function opened(body: string, key: Buffer, iv: string): string {
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.from(iv, 'base64'));
  return Buffer.concat([cipher.update(Buffer.from(body, 'base64')), cipher.final()]).toString('utf8');
}
