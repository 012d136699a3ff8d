import width from "fast-string-width";

const gap = "  ";

/** Rows in aligned columns without lines, as kubectl prints them; a row is a line. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll(/\s*\n\s*/g, " ")).map((text) => ({ text, width: width(text) })),
  );
  const widths = Array.from({ length: Math.max(...lines.map((line) => line.length)) }, (_, at) =>
    Math.max(...lines.map((line) => line[at]?.width ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, at) => cell.text + " ".repeat((widths[at] ?? 0) - cell.width)))
    .map((cells) => cells.join(gap).trimEnd())
    .join("\n");
}
