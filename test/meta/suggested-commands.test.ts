import { spawnSync } from "node:child_process";
import { parseSync, type TemplateLiteral, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { type Source, sourceFolders, sourcesIn } from "../support/sources.ts";

const sources = sourceFolders
  .flatMap((folder) => sourcesIn(folder, ".ts"))
  .filter(({ path }) => !path.endsWith(".test.ts"));

/** A template that begins with a program that takes paths. */
const command =
  /(?<!shell)`\s*(?:(?:cd|chmod|cp|df|kustomize|ls|mkdir|mv|rm|uv)|git (?:-C|add|checkout|diff|init|log|restore|rm|status)|gennet (?:lint|new|sandbox run|service)) [^`]*\$\{/g;

it("suggested commands quote the paths in them: each is made by core/shell-words.ts", () => {
  const bare = sources.flatMap(({ path, text }) => [...text.matchAll(command)].map(([found]) => `${path}: ${found}`));
  expect(bare).toEqual([]);
});

const programs = "gennet|kubectl|aws|argocd|git|uv|npm|df|du|ls|mkdir|mv|rm|cp|cd|ss|ulimit|export|iconv|eval|chmod";
/** What begins with a program, or with a place's own kubectl. */
const suggestion = new RegExp(`^(?:(?:${programs}) (?!and )[^:]|KUBECTL )`);
const sentence = /[^ ]\.$/;
/** Where an explanation begins that the shell would take for arguments. */
const unmarked =
  /^[^#'"]* (?:shows|makes|lists|writes|names|brings|takes|starts|once|or|then|and|it|is|to) |\S {2,}[^#\s]/;

describe("a suggested command survives pasting", () => {
  const found = sources.flatMap(suggestions);

  it("and there are as many as the sources suggest", () => {
    expect(found.length).toBeGreaterThan(150);
  });

  it("into a shell, which parses it", () => {
    expect(found.filter(({ text }) => !parses(text)).map(shown)).toEqual([]);
  });

  it("with its explanation, which is a comment to the shell", () => {
    expect(found.filter(({ text }) => unmarked.test(text)).map(shown)).toEqual([]);
  });
});

describe("what is held against the shell", () => {
  it.each([
    "ls -l x   shows it",
    "gennet sync <APP>",
    "kubectl get pods -l 'a",
    "git add x && ",
    "gennet app list (all)",
  ])("is not passed over: %s", (text) => {
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

/** Every text of a source that is a command. What is put in is a word: it was quoted where it was made. */
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
