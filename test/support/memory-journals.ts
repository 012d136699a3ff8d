import type { JournalStore } from "../../src/core/journal.ts";
import { memoryLines } from "./memory-lines.ts";

/** In-memory journals of one machine, on which no other process works. */
export function memoryJournals(): JournalStore & { linesOf(name: string): readonly string[] } {
  const journals = new Map<string, ReturnType<typeof memoryLines>>();
  const of = (name: string): ReturnType<typeof memoryLines> => {
    const lines = journals.get(name) ?? memoryLines();
    journals.set(name, lines);
    return lines;
  };
  return {
    hold: async (name) => ({ ...of(name), lost: new AbortController().signal, release: async () => undefined }),
    look: async (name) => journals.get(name),
    linesOf: (name) => journals.get(name)?.all ?? [],
  };
}
