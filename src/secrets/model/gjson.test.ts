import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { getPath, textOf } from "./gjson.ts";
import { readJson } from "./json-text.ts";

const json = `{
  "users": [{"name":"b","password":"two"}, {"name":"a","password":"one","roles":["x","y"]}],
  "a.b": "dots", "a": {"b": "path", "0": "zero"}, "x|y": "pipe", "p*": "star",
  "n": [1, 12345678901234567890, 1.0, 1e3, -0.0, 1e-7, 1e21], "t": [true, null], "": {"": "empty"},
  "twice": "first", "twice": {"deep": "second"}, "é": "\\u00e9\\ud83d\\ude00", "spaced": { "k" : [ 1 ,2 ] }
}`;

/** The results of github.com/tidwall/gjson v1.18.0 for the same input, from a program that calls gjson.Get. */
const answers: readonly (readonly [string, string | undefined])[] = [
  ['users.#(name=="a").password', "one"],
  ['users.#(name!="a").password', "two"],
  ["users.#(name=a).roles.1", "y"],
  ['users.#(roles.#(=="y")).name', undefined],
  ["users.#(roles).name", "a"],
  ['users.#(name=="c").password', undefined],
  ["users.0.name", "b"],
  ["users.2", undefined],
  ["a.b", "path"],
  ["a\\.b", "dots"],
  ["a.0", "zero"],
  ["x\\|y", "pipe"],
  ["p\\*", "star"],
  ["n.0", "1"],
  ["n.1", "12345678901234567890"],
  ["n.2", "1"],
  ["n.3", "1000"],
  ["n.4", "-0"],
  ["n.5", "0.0000001"],
  ["n.6", "1000000000000000000000"],
  ["n.#(>1)", "12345678901234567890"],
  ["t.0", "true"],
  ["t.1", ""],
  ["twice", "first"],
  ["twice.deep", "second"],
  ["é", "é😀"],
  ["spaced", '{ "k" : [ 1 ,2 ] }'],
  ["spaced.k", "[ 1 ,2 ]"],
  ["nowhere.at", undefined],
];

const parsed = readJson(json);
if (parsed === undefined) throw new Error("it is JSON");

describe("a gjson path", () => {
  it.each(nonEmpty(answers.filter(([path]) => !path.includes("roles.#("))))(
    "The gjson path %s gives %j",
    (path, expected) => {
      const found = getPath(parsed, path);
      if ("beyond" in found) throw new Error(`${found.beyond} is beyond`);
      expect(found.value && textOf(found.value)).toBe(expected);
    },
  );

  it.each([
    "users.#",
    "users.#.name",
    'users.#(name=="a")#.name',
    'users.#(name%"a*")',
    'users.#(roles.#(=="y")).name',
    "us*",
    "a|b",
    "users.@reverse",
    "@this",
    "{a,twice}",
    "..0",
    'users.#(name=="a\\"").password',
  ])("The gjson path %s is not supported", (path) => {
    expect(getPath(parsed, path)).toHaveProperty("beyond");
  });
});

describe("JSON", () => {
  it.each(["", "{", "{'a':1}", '{"a":1,}', "nul", "01", '"\u0001"', "{} x"])("Invalid JSON is rejected: %j", (text) => {
    expect(readJson(text)).toBeUndefined();
  });

  it("JSON that is nested too deeply is rejected", () => {
    expect(readJson(`${"[".repeat(600)}${"]".repeat(600)}`)).toBeUndefined();
  });
});
