import measure from "fast-string-truncated-width";
import type { TextView } from "../core/command.ts";

const gap = "  ";
const ellipsis = "…";
/** The minimum useful width of a column. */
const narrowest = 6;

/**
 * Formats rows as aligned columns without borders, like kubectl, one line per row. Cells may be coloured. If the table
 * is wider than the terminal, truncates the widest columns; if that is not enough, shows each row as a block of lines.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns }: Pick<TextView, "columns">,
): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll(/\s*\n\s*/g, " ")));
  const count = Math.max(...lines.map((line) => line.length));
  const natural = Array.from({ length: count }, (_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ""))));
  const widths = fitted(natural, columns - gap.length * (count - 1));
  if (widths === undefined) return blocks(lines, columns);
  return lines
    .map((line) => line.map((cell, at) => padded(cut(cell, widths[at] ?? 0), widths[at] ?? 0)))
    .map((cells) => cells.join(gap).trimEnd())
    .join("\n");
}

/** Shrinks the widest columns first, by the excess width. Returns undefined if the table still does not fit. */
function fitted(natural: readonly number[], room: number): readonly number[] | undefined {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) return undefined;
    // Down to the next narrower column, or by the excess.
    const among = widths.flatMap((width, at) => (width === widest ? [at] : []));
    const next = Math.max(narrowest, ...widths.filter((width) => width < widest));
    const step = Math.max(1, Math.min(widest - next, Math.ceil(excess / among.length)));
    for (const at of among) {
      if (excess <= 0) break;
      widths[at] = widest - step;
      excess -= step;
    }
  }
  return widths;
}

/** Formats `REGION: eu`, followed by the other cells, one per line. */
function blocks([head = [], ...rows]: readonly (readonly string[])[], columns: number): string {
  const label = Math.max(...head.map(widthOf));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell : `  ${padded(head[at] ?? "", label)}${gap}${cell}`))
        .map((line) => cut(line, Math.max(columns, label + 4 + narrowest)).trimEnd())
        .join("\n"),
    )
    .join("\n");
}

function widthOf(text: string): number {
  return measure(text).width;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Also ends the colour at the end of a truncated cell. */
function cut(text: string, width: number): string {
  const { index, truncated } = measure(text, { limit: width, ellipsis, ellipsisWidth: 1 });
  if (!truncated) return text;
  /* oxlint-disable-next-line no-control-regex -- colours are what is looked for */
  const closing = text.slice(index).match(/\u001b\[\d+m/g) ?? [];
  return `${text.slice(0, index)}${ellipsis}${closing.join("")}`;
}
