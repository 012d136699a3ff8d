/**
 * The patterns of https://github.com/gobwas/glob without separators, as Argo CD uses it: `*` and `**` are any text, `?`
 * any character, `[a-z]` and `[!a-z]` one of a class, `{a,b}` alternatives, a backslash quotes.
 */
export function globMatches(pattern: string, text: string): boolean {
  return new RegExp(`^${translate(pattern)}$`, "su").test(text);
}

function translate(pattern: string): string {
  let depth = 0;
  const parts = pattern.match(/\\.|\[[^\]]*\]|\*+|[^]/gu) ?? [];
  return parts
    .map((part) => {
      if (part.startsWith("*")) return ".*";
      if (part === "?") return ".";
      if (part.length > 1 && part.startsWith("[")) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
      if (part === "{") return (depth++, "(?:");
      if (part === "}" && depth > 0) return (depth--, ")");
      if (part === "," && depth > 0) return "|";
      return quoted(part.length > 1 ? part.slice(1) : part);
    })
    .join("");
}

function quoted(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
