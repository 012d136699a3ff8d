const byteOrderMark = "\ufeff";

/** How the lines of a file are written, apart from what they say. */
export interface Dress {
  readonly mark: boolean;
  /** Whether a new line gets Windows' ending: where both are in the file, the one that most of its lines have. */
  readonly crlf: boolean;
  /** In a file with both endings: whether each line of a text had Windows', in their order. */
  readonly mixed?: ReadonlyMap<string, readonly boolean[]>;
}

/** How a text is written: with a byte order mark, with Windows' line endings, or both. Undefined for the usual way. */
export function dressOf(text: string): Dress | undefined {
  const mark = text.startsWith(byteOrderMark);
  const lines = [...text.slice(mark ? 1 : 0).matchAll(/([^\n]*?)(\r?\n)/g)].map(([, line = "", ending]) => {
    return { line, crlf: ending === "\r\n" };
  });
  const windows = lines.filter(({ crlf }) => crlf).length;
  if (windows === 0) return mark ? { mark, crlf: false } : undefined;
  if (windows === lines.length) return { mark, crlf: true };
  const mixed = new Map<string, boolean[]>();
  for (const { line, crlf } of lines) mixed.set(line, [...(mixed.get(line) ?? []), crlf]);
  return { mark, crlf: windows * 2 > lines.length, mixed };
}

/** A text with Unix' line endings and no byte order mark. */
export function plain(text: string): string {
  return (text.startsWith(byteOrderMark) ? text.slice(1) : text).replaceAll("\r\n", "\n");
}

/** A plain text, written that way; of a mixture each line that was there keeps its ending. */
export function dressed(text: string, { mark, crlf, mixed }: Partial<Dress> = {}): string {
  const start = mark === true ? byteOrderMark : "";
  if (mixed === undefined) return start + (crlf === true ? text.replaceAll("\n", "\r\n") : text);
  const seen = new Map<string, number>();
  return (
    start +
    text.replaceAll(/([^\n]*)\n/g, (_, line: string) => {
      const at = seen.get(line) ?? 0;
      seen.set(line, at + 1);
      return `${line}${(mixed.get(line)?.[at] ?? crlf === true) ? "\r\n" : "\n"}`;
    })
  );
}

/** A file's text; undefined for what is not text in UTF-8, which is never taken apart. */
export function textIn(content: string | Uint8Array): string | undefined {
  if (typeof content === "string") return content;
  const bytes = Buffer.from(content);
  const text = bytes.toString("utf8");
  return text.includes("\0") || !Buffer.from(text, "utf8").equals(bytes) ? undefined : text;
}

/** Content that was plain, written that way. */
export function dressedContent(content: Uint8Array, dress: Dress | undefined): Uint8Array {
  const text = dress === undefined ? undefined : textIn(content);
  return text === undefined ? content : Buffer.from(dressed(text, dress));
}
