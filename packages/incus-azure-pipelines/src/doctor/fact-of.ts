import type { Fact } from './facts.js';

/** What a call came to: its value, or why there is none. @throws the reason of an abort. */
export async function factOf<T, Kind = string>(
  call: Promise<T>,
  signal: AbortSignal,
  kindOf: (error: unknown) => Kind | undefined = () => undefined,
): Promise<Fact<T, Kind>> {
  const fact = await settled(call, kindOf);
  if (!fact.known) signal.throwIfAborted();
  return fact;
}

/** The same for what is to be told whatever happens, an abort included. */
export async function settled<T, Kind = string>(
  call: Promise<T>,
  kindOf: (error: unknown) => Kind | undefined = () => undefined,
): Promise<Fact<T, Kind>> {
  try {
    return { known: true, value: await call };
  } catch (error) {
    const kind = kindOf(error);
    const told = error instanceof Error ? error.message : String(error);
    return { known: false, error: told, ...(kind === undefined ? {} : { kind }) };
  }
}
