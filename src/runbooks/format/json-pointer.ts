/** Returns what a JSON pointer names in a value, or undefined if nothing is there. Source: RFC 6901. */
export function pointedAt(value: unknown, pointer: string): unknown {
  if (pointer === "") return value;
  let here = value;
  for (const token of pointer.slice(1).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    if (Array.isArray(here) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}
