/** The longest line of a service's Python. */
const width = 100;

/** A call, with its arguments: `["outgoing.client", '"payments"', "url"]`; or any other expression. */
export type Expression = string | Call;

interface Call extends ReadonlyArray<Expression> {
  readonly 0: string;
}

/**
 * Lays an expression out as Ruff formats it, whatever the names in it are: on one line, else with all arguments on
 * the next, else with one on each line. `head` is what is before it, its indentation included.
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

/** A chain of calls: on one line, else in parentheses, else there with each on one line. */
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

/** One import, on as many lines as it needs; names are in the order that Ruff wants. */
export function importing(module: string, ...names: readonly string[]): string {
  const ordered = names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const flat = `from ${module} import ${ordered.join(", ")}`;
  if (flat.length <= width) return flat;
  return [`from ${module} import (`, ...ordered.map((name) => `    ${name},`), ")"].join("\n");
}

/** Imports in the order that Ruff wants, whatever the modules are called; what is false is not there. */
export function sorted(...imports: readonly (string | false | undefined)[]): string {
  const module = (text: string): string => /^from (\S+)/.exec(text)?.[1] ?? text;
  const given = imports.filter((each): each is string => typeof each === "string" && each !== "");
  return given.toSorted((a, b) => (module(a) < module(b) ? -1 : 1)).join("\n");
}
