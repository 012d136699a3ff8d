const byteOrderMark = "\ufeff";

/** How the lines of a file are written, apart from what they say. */
export interface Dress {
  readonly mark: boolean;
  readonly crlf: boolean;
}

/**
 * How a text is written: with a byte order mark, with Windows' line endings, or both. Undefined for the usual way, and
 * for a mixture of endings: written again, some of its lines would change.
 */
export function dressOf(text: string): Dress | undefined {
  const mark = text.startsWith(byteOrderMark);
  const endings = text.match(/\r?\n/g) ?? [];
  const crlf = endings.length > 0 && endings.every((each) => each === "\r\n");
  return mark || crlf ? { mark, crlf } : undefined;
}

/** A text with Unix' line endings and no byte order mark. */
export function plain(text: string): string {
  const { mark = false, crlf = false } = dressOf(text) ?? {};
  const unmarked = mark ? text.slice(1) : text;
  return crlf ? unmarked.replaceAll("\r\n", "\n") : unmarked;
}

/** A plain text, written that way. */
export function dressed(text: string, { mark, crlf }: Partial<Dress> = {}): string {
  const lines = crlf === true ? text.replaceAll("\n", "\r\n") : text;
  return mark === true ? byteOrderMark + lines : lines;
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
