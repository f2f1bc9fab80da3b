import type { Operation } from './operation.js';

interface EventEnvelope {
  readonly timestamp: string;
  /** The cluster member, or `none`. */
  readonly location: string;
  readonly project?: string;
}

/** Something happened to an object (`instance-created`, `instance-ready`, `instance-shutdown`, `instance-deleted`, ...). */
export interface LifecycleEvent extends EventEnvelope {
  readonly type: 'lifecycle';
  readonly metadata: {
    readonly action: string;
    /** `/1.0/instances/x?project=p`; without the suffix in the project `default`. */
    readonly source: string;
    /** On events of instances only. */
    readonly name?: string;
    readonly project?: string;
    /** Who asked; absent when the guest or the daemon did it by itself. */
    readonly requestor?: { readonly username: string; readonly protocol: string; readonly address: string };
    readonly context?: Readonly<Record<string, unknown>>;
  };
}

export interface OperationEvent extends EventEnvelope {
  readonly type: 'operation';
  readonly metadata: Operation;
}

export interface LoggingEvent extends EventEnvelope {
  readonly type: 'logging';
  readonly metadata: {
    readonly message: string;
    readonly level: string;
    readonly context: Readonly<Record<string, string>>;
  };
}

/** Events may have been missed since that moment: list again now. */
export interface GapEvent {
  readonly type: 'gap';
  readonly reason: string;
  /** Epoch milliseconds of the last sign of life before the gap; for the first connection, of the subscription. */
  readonly since: number;
}

export type WireEvent = LifecycleEvent | OperationEvent | LoggingEvent;
export type IncusEvent = WireEvent | GapEvent;
export type EventType = WireEvent['type'];

/** Reads one message of `/1.0/events`; `undefined` for a type this client does not know. */
export function parseEvent(text: string): WireEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('type' in parsed) || !('metadata' in parsed)) return undefined;
  if (typeof parsed.metadata !== 'object' || parsed.metadata === null) return undefined;
  const known = parsed.type === 'lifecycle' || parsed.type === 'operation' || parsed.type === 'logging';
  return known ? (parsed as WireEvent) : undefined;
}
