/** The maximum line length of a service's Python code. */
const width = 100;

/** A call with its arguments: `["outgoing.client", '"payments"', "url"]`; or any other expression. */
export type Expression = string | Call;

interface Call extends ReadonlyArray<Expression> {
  readonly 0: string;
}

/**
 * Formats an expression like Ruff, whatever names it contains: on one line, otherwise with all arguments on the next
 * line, otherwise with one argument per line. `head` is the text before it, including the indentation.
 */
export function laidOut(head: string, expression: Expression, tail = ""): string {
  const flat = `${head}${flattened(expression)}${tail}`;
  if (flat.length <= width || typeof expression === "string") return flat;
  const [called, ...given] = expression;
  const outer = /^ */.exec(head)?.[0] ?? "";
  const inner = `${outer}    `;
  const together = inner + given.map(flattened).join(", ");
  const lines =
    together.length <= width ? [together] : given.map((each) => laidOut(inner, each, ",").replace(/^\s*/, inner));
  return [`${head}${called}(`, ...lines, `${outer})${tail}`].join("\n");
}

/** Formats a chain of calls: on one line, otherwise in parentheses, otherwise in parentheses with one call per line. */
export function chained(head: string, ...calls: readonly string[]): string {
  const flat = head + calls.join("");
  if (flat.length <= width) return flat;
  const outer = /^ */.exec(head)?.[0] ?? "";
  const inner = `${outer}    `;
  const together = inner + calls.join("");
  const lines = together.length <= width ? [together] : calls.map((call) => inner + call);
  return [`${head}(`, ...lines, `${outer})`].join("\n");
}

function flattened(expression: Expression): string {
  if (typeof expression === "string") return expression;
  const [called, ...given] = expression;
  return `${called}(${given.map(flattened).join(", ")})`;
}

/** Formats one import, on as many lines as it needs, with the names in Ruff's order. */
export function importing(module: string, ...names: readonly string[]): string {
  const ordered = names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const flat = `from ${module} import ${ordered.join(", ")}`;
  if (flat.length <= width) return flat;
  return [`from ${module} import (`, ...ordered.map((name) => `    ${name},`), ")"].join("\n");
}

/** Formats imports in Ruff's order, whatever the modules are called. Skips entries that are false. */
export function sorted(...imports: readonly (string | false | undefined)[]): string {
  const module = (text: string): string => /^from (\S+)/.exec(text)?.[1] ?? text;
  const given = imports.filter((each): each is string => typeof each === "string" && each !== "");
  return given.toSorted((a, b) => (module(a) < module(b) ? -1 : 1)).join("\n");
}
