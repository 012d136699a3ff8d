import { spawnSync } from "node:child_process";
import { parseSync, type TemplateLiteral, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { type Source, sourceFolders, sourcesIn } from "../support/sources.ts";

const sources = sourceFolders
  .flatMap((folder) => sourcesIn(folder, ".ts"))
  .filter(({ path }) => !path.endsWith(".test.ts"));

/** A template that begins with a program whose arguments are paths. */
const command =
  /(?<!shell)`\s*(?:(?:cd|chmod|cp|df|kustomize|ls|mkdir|mv|rm|uv)|git (?:-C|add|checkout|diff|init|log|restore|rm|status)|gennet (?:lint|new|sandbox run|service)) [^`]*\$\{/g;

it("Suggested commands quote the paths in them with core/shell-words.ts", () => {
  const bare = sources.flatMap(({ path, text }) => [...text.matchAll(command)].map(([found]) => `${path}: ${found}`));
  expect(bare).toEqual([]);
});

const programs = "gennet|kubectl|aws|argocd|git|uv|npm|df|du|ls|mkdir|mv|rm|cp|cd|ss|ulimit|export|iconv|eval|chmod";
/** A text that begins with a program, or with a place's own kubectl. */
const suggestion = new RegExp(`^(?:(?:${programs}) (?!and )[^:]|KUBECTL )`);
const sentence = /[^ ]\.$/;
/** The beginning of an explanation that the shell would treat as arguments. */
const unmarked =
  /^[^#'"]* (?:shows|makes|lists|writes|names|brings|takes|starts|once|or|then|and|it|is|to) |\S {2,}[^#\s]/;

describe("a suggested command survives pasting", () => {
  const found = sources.flatMap(suggestions);

  it("The number of suggested commands matches the sources", () => {
    expect(found.length).toBeGreaterThan(150);
  });

  it("A suggested command can be parsed by a shell", () => {
    expect(found.filter(({ text }) => !parses(text)).map(shown)).toEqual([]);
  });

  it("A suggested command has its explanation in a shell comment", () => {
    expect(found.filter(({ text }) => unmarked.test(text)).map(shown)).toEqual([]);
  });
});

describe("the test for suggested commands", () => {
  it.each([
    "ls -l x   shows it",
    "gennet sync <APP>",
    "kubectl get pods -l 'a",
    "git add x && ",
    "gennet app list (all)",
  ])("The test for suggested commands reports: %s", (text) => {
    const isComment = !/\S {2,}[^#\s]/.test(text);
    expect(parses(text) && isComment).toBe(false);
  });
});

interface Suggestion {
  readonly path: string;
  readonly text: string;
}

function shown({ path, text }: Suggestion): string {
  return `${path}: ${text}`;
}

/** Returns every command in a source. Interpolated values count as words, because they were quoted. */
function suggestions({ path, text }: Source): readonly Suggestion[] {
  const texts: string[] = [];
  const visitor = new Visitor({
    Literal: (node) => {
      if (typeof node.value === "string") texts.push(node.value);
    },
    TemplateLiteral: (node) => void texts.push(filled(node, text)),
  });
  visitor.visit(parseSync(path, text).program);
  return texts.filter((each) => suggestion.test(each) && !sentence.test(each)).map((each) => ({ path, text: each }));
}

function filled({ quasis, expressions }: TemplateLiteral, source: string): string {
  return quasis
    .map(({ value: { cooked } }, at) => {
      const inside = expressions[at];
      if (inside === undefined) return cooked;
      const isKubectl = source.slice(inside.start, inside.end).endsWith("kubectl");
      return `${cooked}${isKubectl ? "KUBECTL" : "WORD"}`;
    })
    .join("");
}

function parses(text: string): boolean {
  return spawnSync("bash", ["-n"], { input: `${text}\n` }).status === 0;
}
