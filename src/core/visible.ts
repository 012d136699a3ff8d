/**
 * Characters that a terminal interprets or does not draw, and unpaired surrogates: control characters, direction marks
 * and other format characters, tags, line separators. Excludes line feeds, tabs, and variation selectors.
 */
const hidden = /(?!\n|\t|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{NChar}]/gu;

const short: Readonly<Record<string, string>> = { "\n": String.raw`\n`, "\r": String.raw`\r`, "\t": String.raw`\t` };

/** Keys of documents whose values are multi-line texts: files, patches, scripts. */
const blocks: ReadonlySet<string> = new Set(["text", "script", "patch", "platform"]);

/**
 * Returns the text with characters that a terminal would interpret or hide escaped (`\u001b`), except line feeds and
 * tabs. Names and messages come from clusters, files and accounts, and must not move the cursor, change a title or hide
 * other text. JSON uses the same escapes for these characters, so that JSON keeps its value.
 */
export function visible(text: string): string {
  return text.replace(hidden, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at), 4)}`).join(""),
  );
}

/** The same, on one line: a line feed in a foreign message must not look like a new line of gennet's output. */
export function oneLine(text: string): string {
  return visible(text.trimEnd().replace(/[\n\r\t]/g, (character) => short[character] ?? character));
}

/** Returns the document with every string on one line, except its multi-line texts. */
export function visibleIn<T>(value: T, key = ""): T {
  if (typeof value === "string") return (blocks.has(key) ? visible(value) : oneLine(value)) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => visibleIn(each, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [oneLine(name), visibleIn(each, name)])) as T;
}

/** Returns whether `visible` would escape something in the text. */
export function hasHidden(text: string): boolean {
  return text.search(hidden) !== -1;
}

/** YAML escapes a character beyond 16 bits as one, while JSON escapes its two surrogates. */
export function visibleYaml(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
