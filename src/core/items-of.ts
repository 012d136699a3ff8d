/** Returns the items of all pages. `pick` returns those of one page; without it, a page is a list of its items. */
export async function itemsOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]>;
export async function itemsOf<P, T>(pages: AsyncIterable<P>, pick: (page: P) => readonly T[] | undefined): Promise<T[]>;
export async function itemsOf<P, T>(
  pages: AsyncIterable<P>,
  pick = (page: P): readonly T[] | undefined => page as readonly T[],
): Promise<T[]> {
  const found: (readonly T[] | undefined)[] = [];
  for await (const page of pages) found.push(pick(page));
  return found.flatMap((each) => each ?? []);
}
