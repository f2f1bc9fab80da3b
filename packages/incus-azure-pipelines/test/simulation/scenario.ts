import * as fc from 'fast-check';

/** How often things go wrong while the storm lasts: probabilities, or events per minute. */
export interface Faults {
  /** A list of Incus fails. */
  readonly incusUnread: number;
  /** A list of Incus takes seconds. */
  readonly incusSlow: number;
  /** A list of Azure fails. */
  readonly azureUnread: number;
  /** Azure shows a state that is up to five seconds old, and an older one than in the list before. */
  readonly azureLags: number;
  /** Lists of Azure lack one agent for a while. */
  readonly azureHides: number;
  /** An event of Incus is lost, comes twice, or comes late. */
  readonly ringLost: number;
  readonly ringDoubled: number;
  readonly ringLate: number;
  /** A step of an action fails, with or without having done what it was for. */
  readonly actionFails: number;
  /** A step of an action takes up to half a minute. */
  readonly actionSlow: number;
  /** A job is assigned in the instant before a deed that ends the agent takes effect. */
  readonly assignedLate: number;
  /** A guest gets stuck on its way: in boot, registration, before its first session or at power-off. */
  readonly guestStuck: number;
  /** A job steals its agent's key, and a second session is opened with it. */
  readonly keyStolen: number;
  /** At each step that the daemon waits for: it is killed there, and starts again. */
  readonly crashes: number;
  /** Per minute: an instance dies. */
  readonly deaths: number;
  /** Per minute: Incus reads one or all as Error. */
  readonly errors: number;
  /** Per minute: a running job rings Ready, or a guest rings without end. */
  readonly liars: number;
  /** Per minute: an agent loses Azure, for a while or for good. */
  readonly offline: number;
  /** Per minute: a person disables or deletes, drains a pool, changes agentCount, or wants another base. */
  readonly people: number;
  /** Per minute: the host's clock is set an hour ahead or back. */
  readonly clockSteps: number;
  /** Per minute: Incus is started again, or the whole host. */
  readonly reboots: number;
  /** An instance is given the user ids of another one. */
  readonly idsShared: number;
}

interface ScenarioPool {
  readonly agentCount: number;
  readonly standby: number;
  readonly reserve: number;
  readonly reserveListening: boolean;
}

/** Everything that one simulated world depends on. */
export interface Scenario {
  readonly seed: number;
  readonly pools: readonly ScenarioPool[];
  /** Whether the pools serve one agent pool in Azure. */
  readonly shared: boolean;
  /** Whether the pools belong to two installations, side by side on one host. */
  readonly sideBySide: boolean;
  readonly maxConcurrentCreates: number;
  readonly jobsPerMinute: number;
  /** Time between two lists of Azure, where nothing asks for an earlier one. */
  readonly azurePollMs: number;
  /** How long a job may run; undefined for as long as it takes. */
  readonly maxJobMs: number | undefined;
  /** Whether agents are registered by the host, before their instance is activated. */
  readonly hostRegisters: boolean;
  readonly stormMs: number;
  readonly faults: Faults;
}

const pool = fc
  .record({
    agentCount: fc.integer({ min: 1, max: 5 }),
    spare: fc.integer({ min: 1, max: 5 }),
    reserve: fc.nat(2),
    reserveListening: fc.boolean(),
  })
  .map(({ agentCount, spare, ...pool }): ScenarioPool => {
    // Most pools are fixed ones, as by default.
    return { ...pool, agentCount, standby: spare > 2 ? agentCount : Math.min(spare, agentCount) };
  });

function rate(...rates: number[]): fc.Arbitrary<number> {
  return fc.constantFrom(0, ...rates);
}

/** Worlds of every kind: calm and stormy, each fault alone or with others. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  pools: fc.array(pool, { minLength: 1, maxLength: 2 }),
  shared: fc.boolean(),
  sideBySide: fc.boolean(),
  maxConcurrentCreates: fc.integer({ min: 1, max: 3 }),
  jobsPerMinute: fc.constantFrom(1, 5, 15, 30),
  azurePollMs: fc.constantFrom(2_000, 10_000, 30_000),
  stormMs: fc.constantFrom(60_000, 180_000, 300_000),
  maxJobMs: fc.constantFrom(undefined, undefined, 40_000),
  faults: fc.record({
    incusUnread: rate(0.05, 0.3),
    incusSlow: rate(0.05),
    azureUnread: rate(0.05, 0.4),
    azureLags: rate(0.3, 0.7),
    azureHides: rate(0.05, 0.3),
    ringLost: rate(0.1, 1),
    ringDoubled: rate(0.3),
    ringLate: rate(0.3),
    actionFails: rate(0.05, 0.2),
    actionSlow: rate(0.05, 0.2),
    assignedLate: rate(0.5),
    guestStuck: rate(0.02, 0.1),
    keyStolen: rate(0.1),
    crashes: rate(0.001, 0.005),
    deaths: rate(0.5, 3),
    errors: rate(1, 6),
    liars: rate(1, 4),
    offline: rate(1, 8),
    people: rate(1, 4),
    clockSteps: rate(0.3),
    reboots: rate(0, 0.3),
    idsShared: rate(0.05, 0.3),
  }),
  hostRegisters: fc.boolean(),
});

export const CALM: Faults = {
  incusUnread: 0,
  incusSlow: 0,
  azureUnread: 0,
  azureLags: 0,
  azureHides: 0,
  ringLost: 0,
  ringDoubled: 0,
  ringLate: 0,
  actionFails: 0,
  actionSlow: 0,
  assignedLate: 0,
  guestStuck: 0,
  keyStolen: 0,
  crashes: 0,
  deaths: 0,
  errors: 0,
  liars: 0,
  offline: 0,
  people: 0,
  clockSteps: 0,
  reboots: 0,
  idsShared: 0,
};
