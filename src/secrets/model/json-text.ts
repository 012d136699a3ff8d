/** A JSON value with its original text: numbers and spaces are kept to the last character. */
export type JsonText =
  | { readonly is: "object"; readonly raw: string; readonly entries: readonly JsonEntry[] }
  | { readonly is: "array"; readonly raw: string; readonly items: readonly JsonText[] }
  | { readonly is: "string"; readonly raw: string; readonly text: string }
  | { readonly is: "number" | "boolean" | "null"; readonly raw: string };

/** In their original order; a key may occur twice. */
export interface JsonEntry {
  readonly key: string;
  readonly value: JsonText;
  /** The offset of the value's text in the whole text. */
  readonly at: number;
}

const space = /[ \t\n\r]*/y;
const scalar = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
const deepest = 512;

/** Parses JSON (RFC 8259); returns undefined for any other text. */
export function readJson(text: string): JsonText | undefined {
  // JSON.parse decides what is valid, so the scanner below does not have to.
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return new Scanner(text).whole();
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonText | undefined {
    return this.#value(0);
  }

  #value(depth: number): JsonText | undefined {
    if (depth > deepest) return undefined;
    this.#skip();
    const from = this.#at;
    if (this.#take("{")) return this.#object(from, depth);
    if (this.#take("[")) return this.#array(from, depth);
    scalar.lastIndex = from;
    const raw = scalar.exec(this.#text)?.[0] ?? "";
    this.#at += raw.length;
    if (raw.startsWith('"')) return { is: "string", raw, text: JSON.parse(raw) as string };
    return { is: raw === "null" ? "null" : /^[tf]/.test(raw) ? "boolean" : "number", raw };
  }

  #object(from: number, depth: number): JsonText | undefined {
    const entries: JsonEntry[] = [];
    while (!this.#take("}")) {
      this.#take(",");
      const key = this.#value(depth);
      this.#take(":");
      this.#skip();
      const at = this.#at;
      const value = this.#value(depth + 1);
      if (key?.is !== "string" || value === undefined) return undefined;
      entries.push({ key: key.text, value, at });
    }
    return { is: "object", raw: this.#text.slice(from, this.#at), entries };
  }

  #array(from: number, depth: number): JsonText | undefined {
    const items: JsonText[] = [];
    while (!this.#take("]")) {
      this.#take(",");
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { is: "array", raw: this.#text.slice(from, this.#at), items };
  }

  #skip(): void {
    space.lastIndex = this.#at;
    this.#at += space.exec(this.#text)?.[0].length ?? 0;
  }

  #take(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}
