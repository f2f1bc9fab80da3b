const SEED_WORDS: Readonly<Record<string, string>> = { '-run': 'run', '-config': '--config' };

/**
 * Takes the older call `-run -config FILE` for `run --config FILE`, in either order, and `-config` behind a verb for
 * `--config`. Without a verb the words stay as they were typed, so that the complaint names what stands there.
 */
export function seedForm(args: readonly string[]): string[] {
  if (!args.includes('-run'))
    return args[0]?.startsWith('-') ? [...args] : args.map(word => (word === '-config' ? '--config' : word));
  return ['run', ...args.filter(word => word !== '-run').map(word => SEED_WORDS[word] ?? word)];
}
