import type { JsonText } from "./json-text.ts";
import { plainNumber } from "./plain-number.ts";

/** `undefined`: the value does not exist. `beyond`: the path uses a feature that is not supported here. */
export type GjsonResult = { readonly value: JsonText | undefined } | { readonly beyond: string };

/**
 * Returns what `gjson.Get` finds: keys, escaped characters, array indexes, and queries for the first element that
 * matches, `#(name=="a")`. Wildcards, pipes, modifiers, multipaths, `#` and `#(…)#` are not supported.
 * https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
 */
export function getPath(json: JsonText, path: string): GjsonResult {
  if ((/^(?:\.\.|[@![{])/.test(path) && path.length > 1) || /\p{Cc}/u.test(path)) return { beyond: path };
  if (json.is === "object") return ofObject(json.entries, path);
  if (json.is === "array") return ofArray(json.items, path);
  // gjson looks for the first brace anywhere, even inside a string.
  return /[[{]/.test(json.raw) ? { beyond: path } : { value: undefined };
}

/** Does the same as gjson's Result.String(). */
export function textOf(json: JsonText): string {
  if (json.is === "string") return json.text;
  if (json.is === "null") return "";
  return json.is === "number" && !/^-?\d+$/.test(json.raw) ? plainNumber(Number(json.raw)) : json.raw;
}

function ofObject(entries: Extract<JsonText, { is: "object" }>["entries"], path: string): GjsonResult {
  const component = /^((?:\\.|[^.\\|*?])*)(?:\.([^]*))?$/u.exec(path);
  if (component === null) return { beyond: path };
  const [, name = "", rest] = component;
  if (rest !== undefined && /^[@[{]/.test(rest)) return { beyond: path };
  const key = name.replace(/\\(.)/gu, "$1");
  const named = entries.filter((entry) => entry.key === key).map(({ value }) => value);
  if (rest === undefined) return { value: named[0] };
  for (const value of named) {
    if (value.is !== "object" && value.is !== "array") continue;
    const found = value.is === "object" ? ofObject(value.entries, rest) : ofArray(value.items, rest);
    if ("beyond" in found || found.value !== undefined) return found;
  }
  return { value: undefined };
}

function ofArray(items: readonly JsonText[], path: string): GjsonResult {
  const index = /^([^.|#]*)(?:\.([^]*))?$/.exec(path);
  if (index !== null) {
    const [, digits = "", rest] = index;
    if (rest !== undefined && /^[@[{]/.test(rest)) return { beyond: path };
    const item = /^\d{1,9}$/.test(digits) ? items[Number(digits)] : undefined;
    if (item === undefined || rest === undefined) return { value: item };
    if (item.is === "object") return ofObject(item.entries, rest);
    return item.is === "array" ? ofArray(item.items, rest) : { value: undefined };
  }
  const query =
    /^#\(([^()[\]{}"\\=!<>%~|#@*?]*)(?:(==?|!=|<=?|>=?)([^()[\]{}"\\=!<>%~]+|"[^"\\]*"))?\)(?:\.([^]*))?$/.exec(path);
  if (query === null) return { beyond: path };
  const [, name = "", operator, wanted = "", rest] = query;
  for (const item of items) {
    const matched = matches(item, trim(name), operator, trim(wanted));
    if (matched === undefined) return { beyond: path };
    // The first match decides, even if the rest of the path leads nowhere.
    if (matched) return rest === undefined ? { value: item } : getPath(item, rest);
  }
  return { value: undefined };
}

/** Undefined if the path uses a feature that is not supported here. */
function matches(item: JsonText, path: string, operator: string | undefined, wanted: string): boolean | undefined {
  const nested = item.is === "object" || item.is === "array";
  if (!nested && path !== "") return false;
  const found = nested ? getPath(item, path) : { value: item };
  if ("beyond" in found) return undefined;
  const { value } = found;
  if (value === undefined) return false;
  if (operator === undefined) return true;
  const text = wanted.startsWith('"') ? wanted.slice(1, -1) : wanted;
  const equal = operator === "=" || operator === "==";
  if (value.is === "string" || value.is === "boolean") {
    if (!equal && operator !== "!=") return undefined;
    return (textOf(value) === text) === equal;
  }
  if (value.is !== "number") return false;
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
  const [left, right] = [Number(value.raw), Number(text)];
  if (equal || operator === "!=") return (left === right) === equal;
  if (operator.startsWith("<")) return left < right || (operator === "<=" && left === right);
  return left > right || (operator === ">=" && left === right);
}

function trim(text: string): string {
  return text.replace(/^ +| +$/g, "");
}
