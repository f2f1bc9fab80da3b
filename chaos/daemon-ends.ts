/** How one process of the daemon ended, when nobody told it to. */
export interface DaemonEnd {
  /** Whether it came as far as its loop. */
  readonly ran: boolean;
  /** Its exit code; undefined when it was told to end, or goes on. */
  readonly endedWith?: number | null;
}

/** By this code an init system leaves a service down until a person comes. */
const MISTAKE_CODE = 2;

/**
 * Ends that break the promise that the pool comes back by itself: after the daemon had begun, or with the code that says
 * that a person has made a mistake, which no fault is. A start that is refused otherwise is tried again.
 */
export function isBreach({ endedWith, ran }: DaemonEnd): boolean {
  return endedWith !== undefined && (ran || endedWith === MISTAKE_CODE);
}

/** Whether it is a start that was refused since something was away, and that is tried again. */
export function isRefusedStart(end: DaemonEnd): boolean {
  return end.endedWith !== undefined && !isBreach(end);
}
