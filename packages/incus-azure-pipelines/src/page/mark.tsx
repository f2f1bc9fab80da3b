import { LOOKS, type Phase } from './phases.js';

/** The shape of a phase. The word stands beside it, or is told otherwise. */
export function Mark({ phase }: { readonly phase: Phase }) {
  const { area, line } = LOOKS[phase];
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
      {line && <path class="line" d={line} />}
      {area && <path class="area" d={area} />}
    </svg>
  );
}
