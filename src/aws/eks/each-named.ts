import { mapBounded } from "../../core/bounded.ts";

const readsAtOnce = 4;

/** Reads each part of a cluster by its name. What is gone by then is left out. */
export async function eachNamed<T>(
  names: readonly string[],
  read: (name: string) => Promise<T | undefined>,
): Promise<readonly T[]> {
  const found = await mapBounded(names, readsAtOnce, read);
  return found.filter((each) => each !== undefined);
}
