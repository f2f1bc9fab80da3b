/**
 * Live agents wanted: `min(agentCount, busy + queued + standby)`. In a fixed pool standby is agentCount, so the target
 * is agentCount whatever is queued.
 */
export function targetOf(
  spec: { readonly agentCount: number; readonly standby: number },
  busy: number,
  queued: number,
): number {
  return Math.min(spec.agentCount, busy + queued + spec.standby);
}

/** Most instances a pool may have: live agents, the reserve, and those that are going down. */
export function instanceCeiling(spec: { readonly agentCount: number; readonly reserve: number }): number {
  return spec.agentCount + spec.reserve + Math.max(1, Math.floor(spec.agentCount / 2));
}
