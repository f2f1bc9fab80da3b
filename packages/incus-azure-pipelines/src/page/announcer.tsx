import { effect, signal } from '@preact/signals';
import { type Announced, announced, SILENCE } from './announcements.js';
import { isLate, memory, today } from './stream.js';

const said = signal<Announced>(SILENCE);

effect(() => {
  const { status } = memory.value;
  if (status !== undefined) said.value = announced(said.peek(), status, today.value, isLate.value);
});

/** Tells trouble to who does not see it: what keeps all from going on at once, the rest when there is a pause. */
export function Announcer() {
  const { lines } = said.value;
  return (
    <div class="unseen">
      {([true, false] as const).map(isUrgent => (
        <div
          key={isUrgent}
          role="log"
          aria-live={isUrgent ? 'assertive' : 'polite'}
          aria-label={isUrgent ? 'Alarms' : 'Trouble'}
        >
          {lines
            .filter(line => line.isUrgent === isUrgent)
            .map(({ number, text }) => (
              <p key={number}>
                <bdi>{text}</bdi>
              </p>
            ))}
        </div>
      ))}
    </div>
  );
}
