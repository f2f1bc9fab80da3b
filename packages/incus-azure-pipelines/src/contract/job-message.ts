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

type Part = Readonly<Record<string, unknown>>;

/**
 * Reads a message that a poll was answered; `key` is the session's, where it has one.
 *
 * @throws Error when it is none, or cannot be opened with that key. It quotes nothing.
 */
export function readJobMessage(answer: string, key: Buffer | undefined): GivenJob {
  try {
    const { body, iv, messageId } = JSON.parse(answer) as Part;
    const text = typeof iv === 'string' && key !== undefined ? opened(String(body), key, iv) : String(body);
    const { jobId, plan, requestId, resources } = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, Part>;
    const endpoints = (resources?.endpoints ?? []) as readonly Record<string, Part>[];
    const server = endpoints.find(({ name }) => String(name) === 'SystemVssConnection');
    const { AccessToken: token } = (server?.authorization?.parameters ?? {}) as Part;
    if (server === undefined || plan === undefined || typeof token !== 'string') throw new Error();
    const below = `/${String(plan.scopeIdentifier)}/_apis/distributedtask/hubs/${String(plan.planType)}/plans/${String(plan.planId)}`;
    return {
      messageId: Number(messageId),
      requestId: Number(requestId),
      jobId: String(jobId),
      eventsUrl: `${String(server.url).replace(/\/+$/, '')}${below}/events`,
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
