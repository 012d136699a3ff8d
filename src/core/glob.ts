/**
 * Returns whether a text matches a pattern of gobwas/glob, the language of Argo CD's projects, sync windows and
 * RBAC policies: `*` is any text without a separator, `**` any text, `?` any character but a separator, `[a-z]`, `[abc]`
 * and `[!abc]` one of a class, `{a,b}` alternatives, and a backslash quotes. A pattern that gobwas/glob cannot compile
 * matches nothing, as in Argo CD (util/glob, Match).
 *
 * The grammar is that of the library's lexer, whose documentation leaves out the cases that matter here:
 * `{a,b` without its end is `{a,b}`, and a range such as `[z-a]` is an error.
 * https://github.com/gobwas/glob/blob/v0.2.3/syntax/lexer/lexer.go
 *
 * @param separators characters that `*` and `?` do not match; none unless given
 */
export function globMatches(pattern: string, text: string, separators = ""): boolean {
  const source = translated(Array.from(pattern), separators);
  return source !== undefined && new RegExp(`^(?:${source})$`, "su").test(text);
}

interface Reader {
  readonly characters: readonly string[];
  at: number;
}

/** Returns the regular expression of a pattern; undefined if the pattern does not compile. */
function translated(characters: readonly string[], separators: string): string | undefined {
  const reader: Reader = { characters, at: 0 };
  const other = separators === "" ? "." : `[^${Array.from(separators, inClass).join("")}]`;
  let depth = 0;
  let source = "";
  while (reader.at < characters.length) {
    const character = next(reader);
    if (character === "*") {
      const isSuper = characters[reader.at] === "*";
      if (isSuper) reader.at++;
      source += isSuper ? ".*" : `${other}*`;
    } else if (character === "?") source += other;
    else if (character === "[") {
      const range = rangeFrom(reader);
      if (range === undefined) return undefined;
      source += range;
    } else if (character === "{") {
      depth++;
      source += "(?:";
    } else if (character === "}" && depth > 0) {
      depth--;
      source += ")";
    } else if (character === "," && depth > 0) source += "|";
    else source += quoted(character === "\\" ? next(reader) : character);
  }
  return source + ")".repeat(depth);
}

/**
 * Parses a class after its `[`: `a-z]`, or characters up to `]`, where a backslash quotes the next one; a leading `!`
 * negates either.
 */
function rangeFrom(reader: Reader): string | undefined {
  const { characters } = reader;
  const negated = characters[reader.at] === "!";
  if (negated) reader.at++;
  const not = negated ? "^" : "";
  if (characters[reader.at + 1] === "-") {
    const [low = "", , high = "", end] = characters.slice(reader.at, reader.at + 4);
    reader.at += 4;
    if (end !== "]" || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) return undefined;
    return `[${not}${inClass(low)}-${inClass(high)}]`;
  }
  const members: string[] = [];
  while (reader.at < characters.length) {
    const character = next(reader);
    if (character === "]") return members.length === 0 ? undefined : `[${not}${members.map(inClass).join("")}]`;
    const member = character === "\\" ? next(reader) : character;
    if (member !== "") members.push(member);
  }
  return undefined;
}

/** Returns nothing at the end of the pattern: a backslash there quotes nothing. */
function next(reader: Reader): string {
  return reader.characters[reader.at++] ?? "";
}

function quoted(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function inClass(character: string): string {
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
}
