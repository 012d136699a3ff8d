import type { JournalLines } from "../../src/core/journal.ts";

/** In-memory lines of a journal, which outlive the run that wrote them, like a file. */
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
