const SHOWN = 5;

/** The numbers of job requests, as many as a line holds. */
export function numbersOf(requests: readonly { readonly requestId: number }[]): string {
  const shown = requests.slice(0, SHOWN).map(({ requestId }) => requestId);
  const more = requests.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
