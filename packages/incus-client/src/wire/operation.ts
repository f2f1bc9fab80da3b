/** A background operation of the daemon (`GET /1.0/operations/{id}`). */
export interface Operation {
  readonly id: string;
  readonly class: 'task' | 'websocket' | 'token';
  readonly description: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly status: string;
  /** One of {@link operationStatus}. */
  readonly status_code: number;
  /** URLs by kind, for instance `{"instances": ["/1.0/instances/x?project=p"]}`. */
  readonly resources: Readonly<Record<string, readonly string[]>> | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly may_cancel: boolean;
  readonly err: string;
  /** The cluster member, or `none`. */
  readonly location: string;
}

/** Status codes of an operation; 200 and above are final. */
export const operationStatus = {
  running: 103,
  cancelling: 104,
  pending: 105,
  success: 200,
  failure: 400,
  cancelled: 401,
} as const;

/** Takes the id out of an operation's URL, whose `?project=` suffix (forwarded operations, 6.0.x) is dropped. */
export function operationId(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}
