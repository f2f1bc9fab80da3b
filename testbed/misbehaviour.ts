/** Jobs that misbehave in their guest, as root. Each shows the line `lied` once it has. */

const SAY = `say() {
  sudo curl --silent --fail --request PATCH --data "{\\"state\\":\\"$1\\"}" --unix-socket /dev/incus/sock http://incus/1.0
}`;

/** Goes on until it finds `/tmp/go`. */
export const untilTold = 'until [ -e /tmp/go ]; do sleep 0.1; done\n';

/** Says that its agent is finished, would hold up whoever collects its logs, and goes on until it finds `/tmp/go`. */
export const lying = `set -eu
${SAY}
sudo mkfifo /run/iap/collected
say Ready
echo lied
${untilTold}`;

/** Rings without end, and goes on when nobody hears it any more, until it finds `/tmp/go`. */
export const ringingOn = `set -eu
${SAY}
say Ready
echo lied
until [ -e /tmp/go ]; do say Started && say Ready || sleep 0.2; done
`;

/** Jobs that put something else in the place of each file which the host has to do with after them. */
export const spoilt = {
  strange: `set -eu
cd /var/log/iap
sudo rm prepared.log register.log
sudo mkfifo prepared.log
sudo touch register.log
sudo mount --bind /dev/zero register.log
sudo rm agent.log
sudo mkdir agent.log
sudo mkdir /run/iap/collected
echo lied
`,
  huge: `set -eu
cd /var/log/iap
sudo rm prepared.log register.log agent.log
sudo ln -s prepared.log prepared.log
sudo ln -s /etc/shadow register.log
sudo truncate --size 1T agent.log
sudo mkfifo /run/iap/collected
echo lied
`,
} as const;

/** Jobs that switch their guest off once they find `/tmp/go`: a machine that goes while a line is on its way takes it along. */
export const leaving = ['poweroff --force', 'systemctl reboot'].map(
  how => `echo lied\n${untilTold}sudo ${how}\nsleep 3600\n`,
);

/** What a terminal could obey: controls but tabs and line ends, and the marks that turn writing around. */
export const UNPRINTABLE = /[^\P{Cc}\t\n]|\p{Bidi_Control}/u;
