import type { AlignType, Table } from "mdast";
import { hanging } from "./hanging.ts";
import { spansOf } from "./inline.ts";
import type { Page } from "./page.ts";
import { type Line, lineWidth, longestWord, painted, type Styled, wrap, wrapped } from "./wrap.ts";

const gap = "  ";
/** Where everything fits, one long cell must not pad all the others. */
const widest = 80;
/** What names a cell in a block. */
const labelWidth = 30;

type Cells = readonly (readonly Styled[])[];

interface GridColumn {
  /** What shorter cells are padded to. */
  readonly width: number;
  /** Where cells are wrapped. */
  readonly room: number;
  readonly align: AlignType;
}

/**
 * Shows a table as aligned columns, and wraps cells between words. A terminal that is too narrow for the longest words
 * gets a block of lines for each row.
 */
export function gridLines({ align, children }: Table, page: Page, width: number): readonly string[] {
  const [head = [], ...rows] = children.map((row, at) =>
    row.children.map((cell) => spansOf(cell.children, page.targets, at === 0 ? ["strong"] : [])),
  );
  const widths = fitted([head, ...rows], width);
  if (widths === undefined) return blocks(head, rows, page, width);
  const columns = widths.map((own, at) => ({
    width: width === Infinity ? Math.min(own, widest) : own,
    room: width === Infinity ? Infinity : own,
    align: align?.[at] ?? null,
  }));
  return grid(head, rows, columns, page);
}

/** Returns the widths of the columns; undefined if a word would have to be broken. */
function fitted(rows: readonly Cells[], width: number): readonly number[] | undefined {
  const least: number[] = [];
  const natural: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      const own = wrap(cell, Infinity).reduce((most, line) => Math.max(most, lineWidth(line)), 0);
      natural[at] = Math.max(natural[at] ?? 1, own);
      least[at] = Math.max(least[at] ?? 1, longestWord(cell));
    }
  }
  if (width === Infinity) return natural;
  const room = width - gap.length * (natural.length - 1);
  const sumAt = (cap: number): number =>
    natural.reduce((sum, own, at) => sum + Math.max(least[at] ?? 1, Math.min(own, cap)), 0);
  if (sumAt(0) > room) return undefined;
  // All columns get the same limit: the largest one that fits.
  let cap = 0;
  for (let step = 2 ** Math.ceil(Math.log2(room + 1)); step >= 1; step /= 2) {
    if (cap + step <= room && sumAt(cap + step) <= room) cap += step;
  }
  return natural.map((own, at) => Math.max(least[at] ?? 1, Math.min(own, cap)));
}

function grid(head: Cells, rows: readonly Cells[], columns: readonly GridColumn[], { paint }: Page): readonly string[] {
  const shown = rows.map((row) => rowLines(row, columns, paint));
  // Where a cell has several lines, an empty line shows where the next row begins.
  const isSpaced = shown.some((lines) => lines.length > 1);
  const rule = paint("dim", columns.map(({ width }) => "─".repeat(width)).join(gap));
  const body = shown.flatMap((lines, at) => (isSpaced && at > 0 ? ["", ...lines] : lines));
  return [...rowLines(head, columns, paint), rule, ...body];
}

function rowLines(cells: Cells, columns: readonly GridColumn[], paint: Page["paint"]): readonly string[] {
  const wrappedCells = cells.map((cell, at) => wrap(cell, columns[at]?.room ?? Infinity));
  const height = wrappedCells.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, row) => {
    let text = "";
    // Spaces are only written before text, so that no line ends with them.
    let spaces = 0;
    for (const [at, lines] of wrappedCells.entries()) {
      const line: Line = lines[row] ?? [];
      const own = lineWidth(line);
      const { width = 0, align = null } = columns[at] ?? {};
      const free = Math.max(0, width - own);
      const before = align === "right" ? free : align === "center" ? Math.floor(free / 2) : 0;
      if (own > 0) {
        text += " ".repeat(spaces + before) + painted(line, paint);
        spaces = 0;
      }
      spaces += (own > 0 ? free - before : free + own) + gap.length;
    }
    return text;
  });
}

/** Shows `Name: orders`, followed by the other cells, one below the other. */
function blocks(head: Cells, rows: readonly Cells[], page: Page, width: number): readonly string[] {
  const { paint } = page;
  const labels = head.map((cell): { readonly spans: Line; readonly isCut: boolean } => {
    const [first = [], second] = wrap(cell, labelWidth);
    return { spans: first, isCut: second !== undefined };
  });
  const labelOf = (at: number): Line => {
    const { spans, isCut } = labels[at] ?? { spans: [], isCut: false };
    return spans.length === 0
      ? []
      : [...spans, { text: isCut ? "…:" : ":", tones: ["strong"] }, { text: " ", tones: [] }];
  };
  const shown = rows.flatMap((row) =>
    row.flatMap((cell, at) => {
      const spans = [...labelOf(at), ...cell];
      const margin = at === 0 ? { first: "", rest: "  " } : { first: "  ", rest: "    " };
      return spans.length === 0 ? [] : hanging(margin, width - 2, page, (room) => wrapped(spans, room, paint));
    }),
  );
  const isCut = rows.length === 0 || labels.some((label) => label.isCut);
  return isCut ? [...head.flatMap((cell) => wrapped(cell, width, paint)), ...shown] : shown;
}
