/** A part of an argument: text, or the value that a name stands for. */
export type ArgumentPart = string | { readonly value: string };
/** One argument. It stays one argument, whatever its values contain. */
export type ArgumentTemplate = readonly ArgumentPart[];

export class WordsProblem extends Error {}

const shellOnly = /[|&;<>()`]/;

/**
 * Splits a command into arguments by the quoting rules of a shell, without running one. `${name}` stands for a value and
 * is filled in after splitting. Throws WordsProblem for what only a shell can do.
 */
export function splitWords(text: string): readonly ArgumentTemplate[] {
  const words: ArgumentTemplate[] = [];
  let parts: ArgumentPart[] | undefined;
  let quote: string | undefined;
  const add = (part: ArgumentPart): void => {
    parts ??= [];
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  for (let at = 0; at < text.length; at++) {
    const here = text.charAt(at);
    if (here === "\\" && quote !== "'") {
      const next = text.charAt((at += 1));
      // Within double quotes, a backslash escapes only what is special there.
      if (quote === '"' && !'"\\$'.includes(next)) add(here);
      if (next !== "\n") add(next);
    } else if (here === quote) quote = undefined;
    else if (quote === undefined && (here === '"' || here === "'")) {
      quote = here;
      add("");
    } else if (here === "$" && quote !== "'") {
      const name = /^\$\{([a-z][a-z0-9_-]*)\}/.exec(text.slice(at))?.[1];
      if (name === undefined)
        throw new WordsProblem("only a shell step can expand $: write ${name}, or quote it with '");
      add({ value: name });
      at += name.length + 2;
    } else if (quote === undefined && /\s/.test(here)) {
      if (here === "\n" && (parts !== undefined || words.length > 0) && text.slice(at).trim() !== "") {
        throw new WordsProblem("one command per step: end a line with \\ to continue it");
      }
      if (parts !== undefined) words.push(parts);
      parts = undefined;
    } else if (quote === undefined && shellOnly.test(here)) {
      throw new WordsProblem(`only a shell step can use ${here}: quote it, or use a shell step`);
    } else if (quote === undefined && here === "#" && parts === undefined) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end - 1;
    } else add(here);
  }
  if (quote !== undefined) throw new WordsProblem(`the quote ${quote} is not closed`);
  if (parts !== undefined) words.push(parts);
  return words;
}

/** Returns the names of the values in arguments. */
export function valuesIn(words: readonly ArgumentTemplate[]): readonly string[] {
  return words.flat().flatMap((part) => (typeof part === "string" ? [] : [part.value]));
}
