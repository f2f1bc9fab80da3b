/** What the listener tells a worker over the channel between them. */

import { isJsonObject } from './json.js';

export interface JobOrder {
  /** The decrypted job message. */
  readonly body: string;
  readonly rootDirectory: string;
  readonly version: string;
  readonly agentId: number;
  readonly agentName: string;
  readonly serverUrl: string;
  readonly workFolder: string;
  readonly runOnce: boolean;
}

export type WorkerMessage =
  | { readonly kind: 'job'; readonly order: JobOrder }
  /** Ends the job as canceled; its clean-up has a deadline that the listener keeps. */
  | { readonly kind: 'cancel' };

/** Whether what came over the channel is a message of ours: both ends are of one package. */
export function isWorkerMessage(message: unknown): message is WorkerMessage {
  return isJsonObject(message) && (message.kind === 'job' || message.kind === 'cancel');
}
