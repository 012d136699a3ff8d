import type { RE2JS } from "re2js";

/** A regular expression with the semantics of Go's `regexp`. */
export interface GoRegexp {
  /** Matches anywhere in the text. */
  matches(text: string): boolean;
  /** Does the same as ReplaceAllString: `$1`, `${1}` and `${name}` in the target are groups. */
  replaceAll(text: string, target: string): string;
}

/** Returns undefined if Go would not compile it. Syntax: https://pkg.go.dev/regexp/syntax */
export async function compileGoRegexp(source: string): Promise<GoRegexp | undefined> {
  const { RE2JS: Compiler } = await import("re2js");
  let pattern: RE2JS;
  try {
    pattern = Compiler.compile(source);
  } catch {
    return undefined;
  }
  return {
    matches: (text) => pattern.matcher(text).find(),
    replaceAll: (text, target) => {
      const found = pattern.matcher(text);
      const names = new Map(Object.entries(pattern.namedGroups()));
      let made = "";
      let from = 0;
      while (found.find()) {
        // Go accepts no empty match directly after the previous match.
        if (found.end() === found.start() && from === found.start() && made !== "") continue;
        const group = (name: string): string => {
          const index = /^\d+$/.test(name) ? Number(name) : names.get(name);
          return index === undefined || index > found.groupCount() ? "" : (found.group(index) ?? "");
        };
        made += text.slice(from, found.start()) + expand(target, group);
        from = found.end();
      }
      return made + text.slice(from);
    },
  };
}

/** Does the same as Go's Regexp.Expand: `$name` is as long as possible, `$$` is a dollar sign. */
function expand(target: string, group: (name: string) => string): string {
  return target.replace(
    /\$(?:(\$)|\{([\p{L}\p{N}_]+)\}|([\p{L}\p{N}_]+))/gu,
    (_whole, dollar: string | undefined, braced: string | undefined, bare: string | undefined) =>
      dollar ?? group(braced ?? bare ?? ""),
  );
}
