/** Makes something once for each thing there is, and hands out the same until there is another thing. */
export function onceFor<T extends object, V>(latest: () => T | undefined, make: (thing: T) => V): () => V | undefined {
  let made: { readonly of: T; readonly value: V } | undefined;
  return () => {
    const thing = latest();
    if (thing === undefined) return undefined;
    if (made?.of !== thing) made = { of: thing, value: make(thing) };
    return made.value;
  };
}
