import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { oneLine, visible, visibleIn } from "./visible.ts";
import { yamlText } from "../view/yaml.ts";

const hostile = [
  ["NUL", "\u0000"],
  ["ESC", "\u001b"],
  ["BEL", "\u0007"],
  ["carriage return", "\r"],
  ["DEL", "\u007f"],
  ["CSI of eight bits", "\u009b"],
  ["next line", "\u0085"],
  ["soft hyphen", "\u00ad"],
  ["Arabic letter mark", "\u061c"],
  ["zero width space", "\u200b"],
  ["zero width joiner", "\u200d"],
  ["right-to-left mark", "\u200f"],
  ["line separator", "\u2028"],
  ["paragraph separator", "\u2029"],
  ["right-to-left override", "\u202e"],
  ["isolate", "\u2067"],
  ["word joiner", "\u2060"],
  ["Hangul filler", "\u3164"],
  ["byte order mark", "\ufeff"],
  ["no character", "\ufffe"],
  ["tag", "\u{e0041}"],
  ["variation selector of the supplement", "\u{e0100}"],
  ["half a character", "\ud83d"],
] as const;

describe("a character that a terminal interprets or hides", () => {
  it.each(hostile)("A character that a terminal interprets or hides is escaped: %s", (_name, character) => {
    const shown = visible(`a${character}b`);
    expect(shown).toMatch(/^a(\\u[0-9a-f]{4}){1,2}b$/);
    expect(JSON.parse(`"${shown}"`)).toBe(`a${character}b`);
    expect(parse(yamlText({ at: `a${character}b` }))).toEqual({ at: `a${character}b` });
    expect(yamlText({ at: `a${character}b` })).not.toContain(character);
  });

  it("A character that people write is not escaped", () => {
    for (const text of ["naïve Ωμέγα 日本語 עברית", "✔ ⚠️ 😀 …", "a b", "tab\tand\nline"])
      expect(visible(text)).toBe(text);
  });
});

describe("a message from a cluster", () => {
  it("A message from a cluster stays on one line whatever line separators it contains", () => {
    expect(oneLine("x\n✔ all is well\r\n0 failed\u20289 ok\u0085\n")).toBe(
      String.raw`x\n✔ all is well\r\n0 failed\u20289 ok\u0085`.replace(/\\u0085$/, String.raw`\u0085`),
    );
  });

  it("A message stays on one line anywhere in a document, and multi-line texts keep their lines", () => {
    expect(
      visibleIn({ findings: [{ summary: "a\nb", evidence: { "k\n": ["c\td"] } }], text: "one\ntwo\u001b" }),
    ).toEqual({
      findings: [{ summary: String.raw`a\nb`, evidence: { [String.raw`k`]: [String.raw`c\td`] } }],
      text: "one\ntwo\\u001b",
    });
  });
});
