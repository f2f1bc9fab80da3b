/** How long everything takes that a host and its guests do, in ms; none of them is part of another. */
export interface Durations {
  /** The copy of the base, and its start. */
  readonly creatingMs: number;
  /** From there until the guest is prepared. */
  readonly preparingMs: number;
  /** The registration, and the calls that hand it to the guest. */
  readonly activatingMs: number;
  /** From there until the agent is online. */
  readonly startingMs: number;
  /** From a job that is given to an agent until the agent has taken it. */
  readonly takingMs: number;
  /** From the end of a job until the instance is gone. */
  readonly endingMs: number;
  /** A call to Incus or Azure that changes something else. */
  readonly callMs: number;
}

/** What a host of today needs, with docker in the base and Microsoft's agent, which takes some seconds to start. */
export const DURATIONS: Durations = {
  creatingMs: 500,
  preparingMs: 5_000,
  activatingMs: 500,
  startingMs: 4_000,
  takingMs: 1_000,
  endingMs: 2_000,
  callMs: 200,
};
