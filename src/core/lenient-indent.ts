import { type Document, isCollection, visit, type YAMLError } from "yaml";

/** A text with some lines indented further: the number of added columns by the index of the line. */
export interface Shifted {
  readonly text: string;
  readonly columns: ReadonlyMap<number, number>;
}

/**
 * Returns the text with the lines of a flow collection or a quoted scalar indented below their parent, if their
 * indentation is what the parser rejected; otherwise undefined. YAML 1.2 requires that indentation (7.4), but libyaml
 * and go-yaml, which kubectl, Kustomize and Argo CD use, ignore indentation inside brackets and quotes.
 */
export function moreIndented(shifted: Shifted, document: Document.Parsed): Shifted | undefined {
  const { text } = shifted;
  const error = document.errors.find((each) => isBracket(each) || isQuote(each));
  const start = error === undefined ? undefined : startOf(error, document, text);
  if (start === undefined) return undefined;
  const end = endOf(text, start);
  const first = lineAt(text, start);
  const last = end === undefined ? first : lineAt(text, end);
  if (last === first) return undefined;
  const by = start - text.lastIndexOf("\n", start - 1);
  const columns = new Map(shifted.columns);
  const lines = text.split("\n").map((line, index) => {
    if (index <= first || index > last) return line;
    columns.set(index, (columns.get(index) ?? 0) + by);
    return " ".repeat(by) + line;
  });
  return { text: lines.join("\n"), columns };
}

function isBracket({ code, message }: YAMLError): boolean {
  return code === "BAD_INDENT" && /^Flow (map|sequence) in block collection/.test(message);
}

function isQuote({ code, message }: YAMLError): boolean {
  return code === "MISSING_CHAR" && message.startsWith("Missing closing ");
}

/** Returns the offset of the bracket or quote that the parser found unclosed. */
function startOf(error: YAMLError, document: Document.Parsed, text: string): number | undefined {
  const [at] = error.pos;
  const quoted = isQuote(error);
  let start: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const from = node.range?.[0];
      if (from === undefined || from >= at) return undefined;
      const first = text[from] ?? "";
      if (quoted && !(node.range?.[1] === at && /["']/.test(first))) return undefined;
      if (!quoted && !(isCollection(node) && /[{[]/.test(first))) return undefined;
      const end = quoted ? at : endOf(text, from);
      if (end !== undefined && end < at) return visit.SKIP;
      // If it is never closed, no indentation fixes it or its content.
      start = end === undefined ? undefined : from;
      return visit.BREAK;
    },
  });
  return start;
}

/** Returns the offset of the closing bracket or quote for the opening one at an offset. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  let before = ",";
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? "";
    if ((char === '"' || char === "'") && /[{[,:]/.test(before)) {
      const close = closingQuote(text, at, char);
      if (close === undefined || depth === 0) return close;
      at = close;
    } else if (char === "#" && /\s/.test(text[at - 1] ?? "")) {
      const line = text.indexOf("\n", at);
      if (line < 0) return undefined;
      at = line;
      continue;
    } else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return at;
    if (!/\s/.test(char)) before = char;
  }
  return undefined;
}

function closingQuote(text: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== "'") return at;
      at++;
    }
  }
  return undefined;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}
