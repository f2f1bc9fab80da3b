/** For how long something has lasted, or will: `42s`, `17m`, `5h`, `3d`. */
export function lasting(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000));
  if (whole < 120) return `${whole}s`;
  if (whole < 7_200) return `${Math.round(whole / 60)}m`;
  return whole < 172_800 ? `${Math.round(whole / 3_600)}h` : `${Math.round(whole / 86_400)}d`;
}

/** When something was, as seen from `now` (epoch ms). */
export function ago(at: number, now: number): string {
  return at === 0 ? 'the start' : `${lasting(now - at)} ago`;
}

/** How often something came about, in words: `once`, `3 times`. */
export function howOften(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
