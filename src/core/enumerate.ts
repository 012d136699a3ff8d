/** Returns a noun with its names: `node a`, `5 nodes (a, b, c and 2 more)`. */
export function enumerate(names: readonly string[], one: string, many = `${one}s`): string {
  return names.length === 1 ? `${one} ${names[0]}` : `${names.length} ${many} (${listed(names)})`;
}

/** Returns the first names, and how many more there are: `a, b, c and 2 more`. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more <= 0 ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${more} more`;
}

/** Returns all the names: `a, b and c`. */
export function series(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Returns a count with its noun: `1 proxy`, `3 proxies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
