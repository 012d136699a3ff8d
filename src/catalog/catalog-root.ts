import { dirname, join } from "node:path";
import { isThere } from "../core/is-there.ts";

/** The folder that a catalogue is looked for in where none is named: the nearest with one of these marks. */
export async function catalogRoot(start: string, marks: readonly string[]): Promise<string> {
  for (const mark of marks) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (await isThere(join(folder, mark))) return folder;
      if (dirname(folder) === folder) break;
    }
  }
  return start;
}
