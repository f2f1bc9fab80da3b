/**
 * The smallest agent that keeps the guest contract: sh and curl, no start-up cost of its own. It registers with one call,
 * and its first request fetches a job from the bench in place of a session. So what is measured with it is the way to
 * that request, and nothing of an agent's own weight.
 */

/** Registers under the token as the real script does, as far as one call can. */
export const configScript = `#!/bin/sh
# The form of the call is the real script's: --url URL --pool POOL --agent NAME, the token in the environment.
while [ "$#" -gt 0 ]; do
  case $1 in
    --url) url=$2 ;;
    --agent) agent=$2 ;;
  esac
  shift
done
printf 'user = ":%s"\\n' "$VSTS_AGENT_INPUT_TOKEN" |
  curl --silent --show-error --fail --max-time 60 --config - --header 'content-type: application/json' \\
    --data '{"name":"'"$agent"'","version":"4.999.0","maxParallelism":1}' \\
    "$url/_apis/distributedtask/pools/$BENCH_POOL_ID/agents?api-version=7.0" >/dev/null || exit 1
echo '{"scheme":"OAuth","data":{}}' >.credentials
`;

/** Says that it is there, does the one job that it is answered with, and ends. */
export const runScript = `#!/bin/sh
read -r name </proc/sys/kernel/hostname
job=$(curl --silent --show-error --fail --data '' "$BENCH_URL/online/$name") || exit 1
eval "$job"
`;

/** Tells when the guest's two units were started, on the clock of the host: it is when their logs were born. */
export const whenUnitsStarted = 'stat --format=%.3W /var/log/iap/register.log /var/log/iap/agent.log';

/** When a guest's units were started, epoch ms. */
export interface UnitStarts {
  readonly registerAt: number;
  readonly agentAt: number;
}

/** Reads what {@link whenUnitsStarted} has printed, among other lines; undefined where the file system knows no births. */
export function unitStartsIn(lines: readonly string[]): UnitStarts | undefined {
  const births = lines.filter(line => /^\d+\.\d{3}$/.test(line)).map(line => Number(line) * 1000);
  const [registerAt, agentAt] = births;
  return registerAt && agentAt ? { registerAt, agentAt } : undefined;
}

/** A job that sleeps, and tells at its end when the guest's units were started. */
export function sleepingJob(seconds: number): string {
  return `starts=$(${whenUnitsStarted})
sleep ${seconds}
curl --silent --show-error --max-time 60 --data "$starts" "$BENCH_URL/done/$name"
`;
}

/** Enough for one of them to wait for the disk at any time, though a busy core keeps the others from theirs. */
const WRITERS = [1, 2, 3, 4];

/** A job without end that takes one core whole and writes to the disk, each write waiting for the disk. */
export const loadJob = `cd "$HOME"
for n in ${WRITERS.join(' ')}; do
  while :; do dd if=/dev/zero of="load$n" bs=1M count=16 conv=fsync 2>/dev/null; done &
done
while :; do :; done
`;
