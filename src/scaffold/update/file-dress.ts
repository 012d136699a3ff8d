const byteOrderMark = "\ufeff";

/** The formatting of a file's lines, apart from their content. */
export interface Dress {
  readonly mark: boolean;
  /** Whether a new line gets a Windows line ending. In a file with both kinds, the more frequent one wins. */
  readonly crlf: boolean;
  /** For a file with both line endings: whether each line had a Windows line ending, in order. */
  readonly mixed?: ReadonlyMap<string, readonly boolean[]>;
}

/**
 * Returns how a text is encoded: with a byte order mark, with Windows line endings, or both. Undefined for plain Unix
 * text.
 */
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

/** Returns a text with Unix line endings and without a byte order mark. */
export function plain(text: string): string {
  return (text.startsWith(byteOrderMark) ? text.slice(1) : text).replaceAll("\r\n", "\n");
}

/** Returns a plain text in the given format. In a file with both line endings, each existing line keeps its own. */
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

/** Returns a file's text, or undefined if it is not UTF-8 text. */
export function textIn(content: string | Uint8Array): string | undefined {
  if (typeof content === "string") return content;
  const bytes = Buffer.from(content);
  const text = bytes.toString("utf8");
  return text.includes("\0") || !Buffer.from(text, "utf8").equals(bytes) ? undefined : text;
}

/** Returns plain content in the given format. */
export function dressedContent(content: Uint8Array, dress: Dress | undefined): Uint8Array {
  const text = dress === undefined ? undefined : textIn(content);
  return text === undefined ? content : Buffer.from(dressed(text, dress));
}
