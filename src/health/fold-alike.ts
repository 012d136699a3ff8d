/** Groups equal items, in the order of their first ones: if a zone fails, one line reports it. */
export function foldAlike<T>(all: readonly T[], likeness: (one: T) => string): readonly (readonly [T, ...T[]])[] {
  const alike = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = alike.get(likeness(one));
    if (group === undefined) alike.set(likeness(one), [one]);
    else group.push(one);
  }
  return [...alike.values()];
}
