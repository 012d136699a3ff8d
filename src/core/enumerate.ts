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
