import { dirname, join } from "node:path";
import { isThere } from "../core/is-there.ts";

/** Returns the default folder of a catalogue: the nearest one with one of these marks. */
export async function catalogRoot(start: string, marks: readonly string[]): Promise<string> {
  for (const mark of marks) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (await isThere(join(folder, mark))) return folder;
      if (dirname(folder) === folder) break;
    }
  }
  return start;
}
