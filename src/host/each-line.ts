import type { Readable } from "node:stream";

/**
 * Reads a stream to its end, or until it is destroyed, and passes on each line with its ending. Lines come whole, so that
 * what is searched in them cannot be split; one that is longer than `longest` characters is undefined.
 */
export function eachLine(
  stream: Readable | null,
  longest: number,
  take: (line: string | undefined, ending: "\n" | "") => void,
): Promise<void> {
  let parts: string[] = [];
  let length = 0;
  const end = (ending: "\n" | ""): void => {
    take(length > longest ? undefined : parts.join(""), ending);
    parts = [];
    length = 0;
  };
  const add = (text: string): void => {
    length += text.length;
    if (length > longest) parts = [];
    else if (text !== "") parts.push(text);
  };
  return new Promise((resolve) => {
    if (stream === null) return resolve();
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const [first = "", ...rest] = chunk.split("\n");
      add(first);
      for (const text of rest) {
        end("\n");
        add(text);
      }
    });
    stream.once("error", () => undefined);
    stream.once("close", () => {
      if (length > 0) end("");
      resolve();
    });
  });
}
