/** Returns JSON with sorted keys and without spaces, so that two documents can be compared as texts. */
export function canonicalJson(value: object): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
