import { mapBounded } from "./bounded.ts";

const readsAtOnce = 4;

/** Reads each thing by its name, a few at a time. What is gone by then is left out. */
export async function readEach<T>(
  names: readonly string[],
  read: (name: string) => Promise<T | undefined>,
): Promise<readonly T[]> {
  const found = await mapBounded(names, readsAtOnce, read);
  return found.filter((each) => each !== undefined);
}
