/** Groups of what is alike, in the order of their first ones: when a zone is lost, one line says so. */
export function foldAlike<T>(all: readonly T[], likeness: (one: T) => string): readonly (readonly [T, ...T[]])[] {
  const alike = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = alike.get(likeness(one));
    if (group === undefined) alike.set(likeness(one), [one]);
    else group.push(one);
  }
  return [...alike.values()];
}
