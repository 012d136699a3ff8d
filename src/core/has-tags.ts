type TagValues = Readonly<Record<string, string>>;

/** Returns whether a resource has all of these tags. */
export function hasTags(actual: TagValues, wanted: TagValues): boolean {
  return Object.entries(wanted).every(([key, value]) => actual[key] === value);
}
