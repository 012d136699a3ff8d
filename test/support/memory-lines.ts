import type { JournalLines } from "../../src/core/journal.ts";

/** A journal's lines in memory: they outlive the run that wrote them, as a file does. */
export function memoryLines(): JournalLines & { readonly all: string[] } {
  const all: string[] = [];
  let head: string | undefined;
  return {
    all,
    read: async () => [...all],
    append: async (line) => void all.push(line),
    readHead: async () => head,
    writeHead: async (text) => void (head = text),
  };
}
