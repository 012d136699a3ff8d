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

/** `node a`, `5 nodes (a, b, c and 2 more)`. */
export function enumerate(names: readonly string[], one: string, many = `${one}s`): string {
  return names.length === 1 ? `${one} ${names[0]}` : `${names.length} ${many} (${listed(names)})`;
}

/** `a, b, c and 2 more` */
export function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** `1 proxy`, `3 proxies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
