import { nearest } from "../core/nearest.ts";

/** Returns the default folder of a catalogue: the nearest one with one of these marks. */
export async function catalogRoot(start: string, marks: readonly string[]): Promise<string> {
  for (const mark of marks) {
    const found = await nearest(start, [mark]);
    if (found !== undefined) return found.folder;
  }
  return start;
}
