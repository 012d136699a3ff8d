/** Returns the list. Throws if it is empty, because a test that compares each of its items would then compare nothing. */
export function nonEmpty<T>(list: Iterable<T>): readonly [T, ...T[]] {
  const items = [...list];
  if (items.length === 0) throw new Error("There is nothing to compare: the list is empty");
  return items as [T, ...T[]];
}
