/** What follows the kind in a fence's info string: `name=pods timeout=2m expect="exit == 0" reads`. */
export interface Attributes {
  /** The values of each attribute, in order; a word without `=` has none. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export class InfoProblem extends Error {}

const attribute = /\s*([a-z][a-z-]*)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+)))?(?=\s|$)/y;

/**
 * Reads the attributes of an info string as it is written in the file. Within quotes, only `\"` and `\\` are escapes, so
 * that regular expressions keep their backslashes. Throws InfoProblem where the text is not a list of attributes.
 */
export function parseInfo(meta: string): Attributes {
  const values = new Map<string, string[]>();
  const text = meta.trim();
  attribute.lastIndex = 0;
  while (attribute.lastIndex < text.length) {
    const at = attribute.lastIndex;
    const found = attribute.exec(text);
    if (found === null)
      throw new InfoProblem(
        `expected attributes such as name=pods or expect="exit == 0" at "${text.slice(at).trim()}"`,
      );
    const [, name = "", quoted, bare] = found;
    const value = quoted?.replace(/\\(["\\])/g, "$1") ?? bare;
    values.set(name, [...(values.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  return { values };
}
