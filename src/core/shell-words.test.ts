import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shell, shellWord } from "./shell-words.ts";

const bash = (script: string): string => execFileSync("bash", ["-c", script], { encoding: "utf8" });

describe("a word of a suggested command", () => {
  it.each(["services/orders", "--name=x", "arn:aws:eks:eu-west-1:123456789012:cluster/shop", "me@shop", "a,b", "."])(
    "A word needs no quotes in a shell: %s",
    (text) => {
      expect(shellWord(text)).toBe(text);
    },
  );

  it.each([
    ["my services/orders", "'my services/orders'"],
    ["", "''"],
    ["it's", String.raw`'it'\''s'`],
    ["~/orders", "'~/orders'"],
    ["-my services/orders", "'./-my services/orders'"],
    ["-services/orders", "./-services/orders"],
    ["$HOME", "'$HOME'"],
    ["a\nb", String.raw`$'a\x0ab'`],
    ["\u009b31m", String.raw`$'\xc2\x9b31m'`],
  ])("A word is quoted: %j", (text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  it.each(["my services/orders", "it's", "`id`", "$(id)", "a;b", "*", "", "a\n'b\\\u001b", "é ü", "#x", "!x", "{a,b}"])(
    "A quoted word is read back unchanged by bash: %j",
    (text) => {
      expect(bash(`printf '[%s]' ${shellWord(text)}`)).toBe(`[${text}]`);
    },
  );
});

describe("a suggested command", () => {
  it("A suggested command quotes each value as one word, and a list as several", () => {
    const path = "my services/orders";
    expect(shell`git -C ${path} add -- ${["a b", "c"]}`).toBe("git -C 'my services/orders' add -- 'a b' c");
  });
});
