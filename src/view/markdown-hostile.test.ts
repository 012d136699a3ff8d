import { stripVTControlCharacters } from "node:util";
import { array, assert, constantFrom, integer, nat, oneof, property, string, tuple } from "fast-check";
import measure from "fast-string-truncated-width";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { effort } from "../../test/support/effort.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { markdownText } from "./markdown.ts";
import { painter } from "./paint.ts";
import { visible } from "../core/visible.ts";

const colours = painter(true, {});
const textOf = (source: string, columns: number): string =>
  markdownText(source, { wide: false, columns, paint: (_tone, text) => text });

/* oxlint-disable-next-line no-control-regex -- what no text may have; tabs are only in code */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;

const pieces = [
  ..."# |## |> |- |1. |[ ] |\t|\n|\n\n|    |```|~~~sh\n|`|``|*|**|_|~~|[|](|][|]|)|![|<|>|<!--|-->|<b>|---\n|***\n".split(
    "|",
  ),
  ..."a|b c|word|日本語。|😀|👩‍👩‍👧|é|\u001b[2J|\u001b]8;;http://x\u0007|\r|\r\n|\u202e|\u009b1A|\0|&#27;|&#10;|&#x202e;".split(
    "|",
  ),
  "|",
  " a ",
  " a ",
  "sixteen-columns-",
  "a-word-of-nineteen-",
  "|a|b|\n|-|:-:|\n|c|d|\n",
  "[^1]",
  "[^1]: ",
  "[r]: /u\n",
  "http://a.b/_c_",
  "\\",
  "\ud800",
  "\ufeff",
];
const markup = array(oneof(constantFrom(...pieces), string({ unit: "binary", maxLength: 4 })), { maxLength: 60 });
const sources = oneof(
  markup.map((parts) => parts.join("")),
  string({ unit: "binary", maxLength: 200 }),
);

/** The words of paragraphs and cells, without those of HTML, URLs and marks. */
function words(node: Nodes): readonly string[] {
  if (node.type === "text" || node.type === "inlineCode") return visible(node.value).split(/[ \t\n]+/);
  return "children" in node ? node.children.flatMap(words) : [];
}

function hasCode(node: Nodes): boolean {
  return node.type === "code" || ("children" in node && node.children.some(hasCode));
}

const treeOf = (source: string): Nodes =>
  fromMarkdown(source.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n"), {
    extensions: [frontmatter(["yaml"]), gfm()],
    mdastExtensions: [frontmatterFromMarkdown(["yaml"]), gfmFromMarkdown()],
  });

describe("Markdown of an attacker", () => {
  it("No source can write a control character, and colours change nothing but the style", () => {
    assert(
      property(sources, integer({ min: 20, max: 130 }), (source, columns) => {
        const plain = textOf(source, columns);
        expect(plain).not.toMatch(obeyed);
        const coloured = markdownText(source, { wide: false, columns, paint: colours });
        /* oxlint-disable-next-line no-control-regex -- colours are what is removed */
        expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
      }),
      effort({ daily: 300, nightly: 30_000, seed: 1 }),
    );
  });

  it("No line is longer than the terminal, except code", () => {
    let compared = 0;
    assert(
      property(sources, integer({ min: 20, max: 130 }), (source, columns) => {
        if (hasCode(treeOf(source))) return;
        const lines = textOf(source, columns).split("\n");
        expect(lines.filter((line) => measure(line).width > columns)).toEqual([]);
        compared++;
      }),
      effort({ daily: 300, nightly: 30_000, seed: 2 }),
    );
    expect(compared).toBeGreaterThan(100);
  });

  it("A line ends where the next word does not fit, and no earlier", () => {
    assert(
      property(array(integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        const lines = textOf(lengths.map((length) => "x".repeat(length)).join(" "), 20).split("\n");
        expect(lines.flatMap((line) => line.split(" ").map(({ length }) => length))).toEqual(lengths);
        for (const [at, line] of nonEmpty(lines.entries())) {
          // Nothing fits after the last line.
          const [next = "x".repeat(20)] = lines[at + 1]?.split(" ") ?? [];
          expect(line.length).toBeLessThanOrEqual(20);
          expect(`${line} ${next}`.length).toBeGreaterThan(20);
        }
      }),
      effort({ daily: 300, nightly: 30_000, seed: 5 }),
    );
  });

  it("No word of a paragraph or a cell is lost, however narrow the terminal is", () => {
    const squeezed = (text: string): string => text.replaceAll(/[ \t\n│]+/g, "");
    let compared = 0;
    assert(
      property(sources, constantFrom(20, 60, Infinity), (source, columns) => {
        const shown = squeezed(textOf(source, columns));
        // Only ideographs are broken where cells are next to each other.
        const parts = words(treeOf(source)).flatMap((word) => word.match(/[!-~]+|[^ -~]/gu) ?? []);
        expect(parts.filter((part) => !shown.includes(squeezed(part)))).toEqual([]);
        compared += parts.length;
      }),
      effort({ daily: 300, nightly: 30_000, seed: 3 }),
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  it("Mutations of a document keep these promises", () => {
    const document = `# A *b*\n\n> - c \`d\`\n>   1. [e](f)\n\n|a|b|\n|-|-:|\n|c d|**e**|\n\n\`\`\`sh\n\techo\n\`\`\`\n\n[^1] <!-- x -->\n\n[^1]: y\n`;
    const change = tuple(nat(document.length), nat(5), constantFrom(...pieces));
    assert(
      property(array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const source = changes.reduce(
          (text, [at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut),
          document,
        );
        const shown = textOf(source, 40);
        expect(shown).not.toMatch(obeyed);
        expect(stripVTControlCharacters(shown)).toBe(shown);
      }),
      effort({ daily: 300, nightly: 30_000, seed: 4 }),
    );
  });
});

describe("Markdown out of proportion", () => {
  const deep: readonly (readonly [name: string, source: string])[] = [
    ["quotes", `${">".repeat(10_000)} end`],
    ["lists", `${"- ".repeat(10_000)}end`],
    ["lists by indentation", Array.from({ length: 500 }, (_, at) => `${"  ".repeat(at)}- end`).join("\n")],
    ["emphasis", `${"*a ".repeat(1_000)}end${" b*".repeat(1_000)}`],
    ["emphasis in a link", `[${"*a ".repeat(1_500)}end${" b*".repeat(1_500)}](c)`],
    ["brackets", `${"[".repeat(10_000)} end`],
  ];

  it.each(deep)("Deep nesting is shown as it is, and does not overflow the stack: %s", (_name, source) => {
    const shown = textOf(source, Infinity);
    expect(shown).toContain("end");
    expect(shown).toBe(source);
  });

  it("Large documents without structure are wrapped in linear time", () => {
    for (const unit of ["x", "word ", "\u0436", "\u001b", "_", "`a", "<!--\n", "> a\n"]) {
      const source = unit.repeat(2 ** 18 / unit.length);
      expect(textOf(source, 60).length).toBeGreaterThan(2 ** 16);
    }
  });

  it("One long cell does not pad every other row of a table", () => {
    const table = `|a|b|\n|-|-|\n|${"long ".repeat(2_000)}|c|\n${"|d|e|\n".repeat(500)}`;
    expect(textOf(table, Infinity).length).toBeLessThan(100_000);
    expect(textOf(`|${"long ".repeat(2_000)}|b|\n|-|-|\n${"|d|e|\n".repeat(500)}`, 20).length).toBeLessThan(100_000);
  });
});
