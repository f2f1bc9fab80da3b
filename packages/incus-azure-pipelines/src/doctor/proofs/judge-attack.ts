/** Judges what an attack from inside a guest came to. Pure. */
import { type Attack, OUT_OF_TIME } from '../attacks/attack.js';
import { openRisk } from './open-risks.js';
import type { Trial } from './proof.js';

const OPEN = /^open: /;
/** A tool that the guest lacks, or a file that this kernel has not: nothing was attacked. */
const LACKING =
  /command not found|^can't open perl script|^no number for|^nothing there$|is not a docker command|unknown command: docker (?:buildx|compose)|^not tried: /im;

/** Judges by what it has printed whether its fact holds here. */
export function judgeAttack({ fact, script, shows }: Attack, printed: string, remedy: string): Trial {
  const name = fact.replace(OPEN, '');
  const trial = { fact: name, tried: script.trim(), came: printed || 'no word' };
  if (OUT_OF_TIME.test(printed) && !OPEN.test(fact)) return { ...trial, outcome: 'failed', remedy };
  if (LACKING.test(printed)) return { ...trial, outcome: 'untried' };
  if (!OPEN.test(fact))
    return shows.test(printed) ? { ...trial, outcome: 'passed' } : { ...trial, outcome: 'failed', remedy };
  return shows.test(printed) ? { ...trial, outcome: 'open', ...openRisk(name) } : { ...trial, outcome: 'untried' };
}

/** Judges whether a place is kept from guests, by what one has found there. `refused` is what it is to find. */
export function judgeReach(fact: string, place: string, found: string, remedy: string): Trial {
  const tried = `connect to ${place}, where this host itself, or the guest itself, is answered`;
  if (found === 'refused') return { fact, tried, came: 'no connection', outcome: 'passed' };
  return { fact, tried, came: `it was answered: ${found}`, outcome: 'failed', remedy };
}

/** Judges whether something that was sent has come through. */
export function judgeSent(fact: string, what: string, cameThrough: boolean, remedy: string): Trial {
  const tried = `send ${what}`;
  if (!cameThrough) return { fact, tried, came: 'it did not arrive, while what was allowed did', outcome: 'passed' };
  return { fact, tried, came: 'it arrived', outcome: 'failed', remedy };
}
