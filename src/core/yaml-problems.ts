import { type Document, isAlias, isMap, isNode, isScalar, isSeq, visit, type YAMLError } from "yaml";

/** Returns `gennet.yaml:3:7`, for an offset in the text. */
export type At = (offset: number) => string;

/** The maximum number of errors shown, because an unclosed bracket causes an error on every line below it. */
const most = 10;

/** Replacements for parser messages that are technical, or that do not say what to write instead. */
const words: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here; expected one: remove the line, or give each its own file",
  BLOCK_AS_IMPLICIT_KEY: 'expected one "key: value" on a line; put a text that contains ": " in quotes',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value", with a space after the colon',
};

/** Returns every syntax error with its location, in the order of the text. */
export function syntaxProblems(document: Document.Parsed, at: At): string[] {
  const found = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    says: wordsFor(error, document, at),
  }));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      found.push({ offset: alias.range?.[0] ?? 0, says: `expected an anchor &${alias.source} before the alias` });
    },
  });
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isMergeKey(key) && !areMappings(value, document)) {
        const says = 'expected a mapping, or a list of mappings, after the merge key "<<"';
        found.push({ offset: (isNode(value) ? value.range?.[0] : undefined) ?? 0, says });
      }
    },
  });
  const problems = found
    .sort((one, other) => one.offset - other.offset)
    .map(({ offset, says }) => `${at(offset)}: ${says}`);
  const rest = problems.length - most;
  return rest > 0 ? [...problems.slice(0, most), `and ${rest} more`] : problems;
}

function wordsFor(error: YAMLError, document: Document.Parsed, at: At): string {
  const [offset] = error.pos;
  if (error.code === "DUPLICATE_KEY") {
    const twice = keyBefore(document, offset);
    if (twice !== undefined) return `the key "${twice.key}" already exists, at ${at(twice.offset)}`;
  }
  const open = /^Missing closing ['"]quote/.test(error.message) ? quoteBefore(document, offset) : undefined;
  if (open !== undefined) return `expected the end of the quoted text that begins at ${at(open)}`;
  return words[error.code] ?? error.message;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === "symbol" && key.value.description === "<<";
}

function areMappings(value: unknown, document: Document.Parsed): boolean {
  const node = isAlias(value) ? value.resolve(document) : value;
  // An alias without its anchor is reported as its own error.
  if (node === undefined) return true;
  return (
    isMap(node) || (isSeq(node) && node.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item)))
  );
}

/** Finds the first key in the mapping that has the same text as the key at an offset. */
function keyBefore(document: Document.Parsed, offset: number): { key: string; offset: number } | undefined {
  let found: { key: string; offset: number } | undefined;
  visit(document, {
    Map: (_, map) => {
      if (!isMap(map) || found !== undefined) return;
      const keys = map.items.flatMap(({ key }) =>
        isScalar(key) && key.range ? [{ key: String(key.value), offset: key.range[0] }] : [],
      );
      const twice = keys.find((key) => key.offset === offset);
      found = twice && keys.find((key) => key.key === twice.key && key.offset < offset);
    },
  });
  return found;
}

/** Returns where the quoted text begins that is missing its closing quote at an offset. */
function quoteBefore(document: Document.Parsed, offset: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar: (_, { range }) => {
      if (range && range[0] < offset && range[1] >= offset) found = range[0];
    },
  });
  return found;
}
