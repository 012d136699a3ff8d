import type { JournalLines } from "../../src/core/journal.ts";

/** A journal's lines in memory: they outlive the run that wrote them, as a file does. */
export function memoryLines(): JournalLines & { readonly all: string[] } {
  const all: string[] = [];
  return { all, read: async () => [...all], append: async (line) => void all.push(line) };
}
