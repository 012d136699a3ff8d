import { describe, expect, it } from "vitest";
import { one, payloadOf, readerOf } from "../../../test/support/external-reader.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { produced } from "../holds.ts";

const extract = (more: object = {}, rest: object = {}) => ({
  dataFrom: [{ extract: { key: "acme/db", ...more }, ...rest }],
});
const find = (more: object = {}, rest: object = {}) => ({
  dataFrom: [{ find: { name: { regexp: "acme" }, ...more }, ...rest }],
});
const bytes = Buffer.from([0xfe, 0xed, 0, 0xff]);

/** Latin-1 shows each byte of a value as one character. */
async function made(spec: object, text: string | Uint8Array): Promise<unknown> {
  const result = await produced(readerOf(spec), payloadOf(text));
  if ("untold" in result) return `${result.refused ? "refused" : "unknown"}: ${result.untold}`;
  if (result.by !== undefined) return { by: result.by, loose: result.loose.map((value) => value.reveal()) };
  return Object.fromEntries([...result.exact].map(([key, value]) => [key, value.revealBytes().toString("latin1")]));
}

const makes: readonly (readonly [string, object, string | Uint8Array, unknown])[] = [
  ["its text", { data: [one({})] }, "plain\n", { k: "plain\n" }],
  ["its bytes", { data: [one({})] }, bytes, { k: bytes.toString("latin1") }],
  ["an empty text", { data: [one({})] }, "", { k: "" }],
  ["one property", { data: [one({ property: "a" })] }, '{"a":"x","b":"y"}', { k: "x" }],
  ["a key with dots before a path", { data: [one({ property: "a.b" })] }, '{"a":{"b":"p"},"a.b":"k"}', { k: "k" }],
  ["a path", { data: [one({ property: "a.b" })] }, '{"a":{"b":"p"}}', { k: "p" }],
  ["a list's member", { data: [one({ property: 'u.#(n=="a").p' })] }, '{"u":[{"n":"a","p":"x"}]}', { k: "x" }],
  ["a property that is null", { data: [one({ property: "a" })] }, '{"a":null}', { k: "" }],
  ["the first of two equal keys", { data: [one({ property: "a" })] }, '{"a":"1","a":"2"}', { k: "1" }],
  ["a missing property", { data: [one({ property: "b" })] }, '{"a":"x"}', "refused: it has no property b"],
  ["a property of plain text", { data: [one({ property: "b" })] }, "plain", "refused: it has no property b"],
  ["a path that is not supported", { data: [one({ property: "a.#" })] }, '{"a":[]}', "unknown: "],
  ["a property of almost valid JSON", { data: [one({ property: "a" })] }, '{"a":"x",}', "unknown: "],
  ["half a character", { data: [one({ property: "a" })] }, '{"a":"\\ud800"}', "unknown: "],
  [
    "all properties, in their original form",
    extract(),
    '{"s":"x","o":{"type": "service",\n"id":1},"n":12345678901234567890,"f":1.0,"e":1e3,"t":true,"z":null}',
    { s: "x", o: '{"type": "service",\n"id":1}', n: "12345678901234567890", f: "1.0", e: "1e3", t: "true", z: "" },
  ],
  ["the last of two equal keys in an extract", extract(), '{"a":"1","a":"2"}', { a: "2" }],
  ["properties of a property", extract({ property: "in" }), '{"in":{"a":"x"}}', { a: "x" }],
  ["properties of JSON in a text", extract({ property: "in" }), '{"in":"{\\"a\\": 1}"}', { a: "1" }],
  ["properties of a list", extract(), "[1]", "refused: it extracts properties, but the value is not a JSON object"],
  ["keys that are invalid in a Secret", extract(), '{"smtp/password":"x","ä b":"y"}', { smtp_password: "x", ä_b: "y" }],
  ["keys as code points", extract({ conversionStrategy: "Unicode" }), '{"a/b":"x"}', { a_U002f_b: "x" }],
  ["keys that become equal", extract(), '{"a/b":"x","a_b":"y"}', "refused: two keys become a_b by its conversion"],
  ["an empty key", extract(), '{"":"x","a":"y"}', { a: "y" }],
  [
    "rewritten keys",
    extract({}, { rewrite: [{ regexp: { source: "^(.*)$", target: "db_$1" } }] }),
    '{"a":"x"}',
    { db_a: "x" },
  ],
  [
    "rewritten keys in braces",
    extract(
      {},
      { rewrite: [{ regexp: { source: "^(.*)$", target: "db_${1}" } }, { regexp: { source: "db", target: "x" } }] },
    ),
    '{"a":"v"}',
    { x_a: "v" },
  ],
  [
    "rewritten keys that are invalid in a Secret",
    extract({}, { rewrite: [{ regexp: { source: "a", target: "a/" } }] }),
    '{"a":"x"}',
    "refused: ",
  ],
  [
    "keys that a rewrite makes equal",
    extract({}, { rewrite: [{ regexp: { source: "[ab]", target: "c" } }] }),
    '{"a":"x","b":"y"}',
    "unknown: two keys",
  ],
  [
    "keys of a template",
    extract({}, { rewrite: [{ transform: { template: "x" } }] }),
    '{"a":"x"}',
    { by: "a rewrite by transform", loose: ["x"] },
  ],
  ["the secrets of a find", find(), "text", { acme_db: "text" }],
  [
    "the secrets of a find, renamed",
    find({}, { rewrite: [{ regexp: { source: "acme.db", target: "key" } }] }),
    "text",
    { key: "text" },
  ],
  [
    "base64",
    { data: [one({ decodingStrategy: "Base64" })] },
    bytes.toString("base64"),
    { k: bytes.toString("latin1") },
  ],
  ["invalid Base64", { data: [one({ decodingStrategy: "Base64" })] }, "no!", "refused: decodingStrategy Base64 cannot"],
  ["base64 of URLs", { data: [one({ decodingStrategy: "Base64URL" })] }, "-_-_", { k: "\xfb\xff\xbf" }],
  [
    "a value that may be Base64",
    { data: [one({ decodingStrategy: "Auto" })] },
    "seed-with-dashes!!",
    { k: "seed-with-dashes!!" },
  ],
  ["a value that happens to be Base64", { data: [one({ decodingStrategy: "Auto" })] }, "abcd", { k: "i\xb7\x1d" }],
  ["base64 in an extract", extract({ decodingStrategy: "Base64" }), '{"a":"c2VlZA=="}', { a: "seed" }],
  [
    "data over dataFrom",
    { ...extract(), data: [one({ property: "b" }, "a")] },
    '{"a":"x","b":"y"}',
    { a: "y", b: "y" },
  ],
  [
    "no key that another secret replaces",
    { ...extract(), data: [{ secretKey: "a", remoteRef: { key: "other" } }] },
    '{"a":"x","b":"y"}',
    { b: "y" },
  ],
  [
    "the output of a template",
    { ...extract(), target: { template: { data: { url: "x" } } } },
    '{"a":"x"}',
    { by: "a template", loose: ["x"] },
  ],
  [
    "values next to those of a template",
    { ...extract(), target: { template: { mergePolicy: "Merge", data: { a: "x" } } } },
    '{"a":"x","b":"y"}',
    { b: "y" },
  ],
  [
    "values under a template of labels",
    { ...extract(), target: { template: { metadata: {} } } },
    '{"a":"x"}',
    { a: "x" },
  ],
];

const told = makes.flatMap(([what, spec, text, why]) =>
  typeof why === "string" ? [[what, spec, text, why] as const] : [],
);

describe("the output of External Secrets", () => {
  it.each(nonEmpty(makes.filter((each) => typeof each[3] !== "string")))(
    "External Secrets writes the expected keys for %s",
    async (_what, spec, text, expected) => {
      expect(await made(spec, text)).toEqual(expected);
    },
  );
});

describe("an output of External Secrets that is rejected or unknown", () => {
  it.each(told)("The output of External Secrets is rejected or unknown for %s", async (_what, spec, text, why) => {
    expect(await made(spec, text)).toContain(why);
  });
});
