import { expect, it } from "vitest";
import { decodeBase64 } from "./go-base64.ts";
import { compileGoRegexp } from "./go-regexp.ts";

it.each([
  ["^acme/pay/find$", "acme/pay/find", true],
  ["pay", "acme/pay/find", true],
  ["(?i)^ACME", "acme/x", true],
  ["^[[:alpha:]]+$", "acme", true],
  ["\\Aacme\\z", "acme\n", false],
  ["a$", "a\n", false],
])("The Go regular expression %s matches %j: %s", async (source, text, expected) => {
  expect((await compileGoRegexp(source))?.matches(text)).toBe(expected);
});

it.each(["(?=x)", "(", "\\1(a)", "a**"])("The regular expression %s is invalid in Go", async (source) => {
  expect(await compileGoRegexp(source)).toBeUndefined();
});

it.each([
  ["acme.pay.find", "acme/pay/find", "key", "key"],
  ["^acme/(.*)/(.*)$", "acme/pay/find", "$2-$1", "find-pay"],
  ["(a)(b)", "ab", "$1x-$2", "-b"],
  ["(a)(b)", "ab", "${1}x-$$2", "ax-$2"],
  ["(?P<last>[^/]+)$", "acme/pay", "${last}_s", "acme/pay_s"],
  ["a*", "baaac", "x", "xbxcx"],
  ["/", "a/b/c", "_", "a_b_c"],
  ["z", "abc", "y", "abc"],
  ["(x)?b", "b", "[$1]", "[]"],
])("Go's ReplaceAllString of %s in %s with %s gives %s", async (source, text, target, expected) => {
  expect((await compileGoRegexp(source))?.replaceAll(text, target)).toBe(expected);
});

it.each([
  ["c2VlZA==", "Base64", "seed"],
  ["c2Vl\r\nZA==\n", "Base64", "seed"],
  ["c2VlZA", "Base64", undefined],
  ["-_-_", "Base64", undefined],
  ["-_-_", "Base64URL", "\ufffd\ufffd\ufffd"],
  ["+/+/", "Base64URL", undefined],
  ["", "Base64", ""],
  ["A".repeat(33), "Base64", undefined],
] as const)("Base64 is decoded as in Go: %j as %s", (text, as, expected) => {
  expect(decodeBase64(Buffer.from(text), as)?.toString("utf8")).toBe(expected);
});
