import { tmpdir } from "node:os";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { fence, frontMatter } from "../../test/support/runbook-trial.ts";
import { AppError } from "../core/error.ts";
import { runProgram } from "../host/run-program.ts";
import { parseRunbook } from "./format/parse-runbook.ts";
import type { RunbookStep } from "./format/runbook.ts";
import { callOf } from "./run/step-command.ts";
import type { ProgramCall } from "./run/world.ts";

/** What tries to become a step, or to leave its place. */
const hostile = [
  "'; touch pwned; '",
  '"; touch pwned; "',
  "$(touch pwned)",
  "`touch pwned`",
  "${pod}",
  "\u001b]0;title\u0007\u001b[2J",
  "\u202etxt.exe",
  "line\nanother",
  "--kubeconfig=/tmp/x",
  "-rf",
  "\\",
  "%s%n",
  "a\u0000b",
  "~/x",
  "*",
  "\ud800",
];
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(...hostile),
  fc.tuple(fc.constantFrom(...hostile), fc.string()).map((parts) => parts.join("")),
);

/** Ways to write a fence that is text and not a step. */
const disguises: readonly ((step: string) => string)[] = [
  (step) => `<!--\n${step}\n-->\n`,
  (step) => step.replaceAll(/^/gm, "> "),
  (step) => `- item\n\n${step.replaceAll(/^/gm, "  ")}\n`,
  (step) => `1. item\n\n${step.replaceAll(/^/gm, "   ")}\n`,
  (step) => `\`\`\`\`\`text\n${step}\n\`\`\`\`\`\n`,
  (step) => `~~~~text\n${step}\n~~~~\n`,
  (step) => step.replaceAll(/^/gm, "    "),
  (step) => `<div>\n${step.trim()}\n</div>\n`,
  (step) => `[link]: <x>\n> - ${step.trim().replaceAll("\n", "\n>   ")}\n`,
  (step) => step.replaceAll("shell", "Shell"),
  (step) => step.replaceAll("```shell", "```{shell}"),
];

describe("hostile documents and values", () => {
  it("Of 500 generated documents, none has a step that is not a typed fence at the top level", () => {
    const disguised = fc
      .tuple(fc.constantFrom(...disguises), anyText)
      .map(([disguise, text]) => disguise(fence("shell name=hidden", text.replaceAll(/[`~]/g, "").trim() || "x")));
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            disguised,
            anyText.map((text) => text.replaceAll(/```|~~~/g, "")),
          ),
          { maxLength: 8 },
        ),
        (parts) => {
          // The only real step comes first: an unclosed comment after it can hide nothing.
          const source = `${frontMatter}${fence("shell name=real", "true")}\n${parts.join("\n\n")}\n`;
          const steps = namesOf(source);
          if (steps !== undefined) accepted++;
          expect(steps === undefined || steps.join() === "real" ? [] : [source, steps]).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(250);
  });

  it("Arbitrary text never crashes the parser: it is a runbook or refused as one", () => {
    const texts = fc.sample(fc.string({ unit: "binary", maxLength: 400 }), { numRuns: 300, seed: 7 });
    expect(texts.map(namesOf).filter((names) => names !== undefined)).toEqual([]);
    const cut = texts.map((text) => namesOf(`${frontMatter}${text}\n${fence("shell name=real", "true")}`));
    expect(new Set(cut.map(String))).toEqual(new Set(["real"]));
  });

  it.each([
    ["a file of 2 MiB", "x".repeat(2 << 20)],
    ["10,000 nested quotes", `${">".repeat(10_000)} x`],
    ["10,000 nested lists", Array.from({ length: 10_000 }, (_, at) => `${" ".repeat(at % 500)}- x`).join("\n")],
    ["30,000 open brackets", "[".repeat(30_000)],
    ["100,000 backticks", "`".repeat(100_000)],
    ["YAML that expands", `a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n`],
  ])("%s is refused or read, and does not crash", (_what, text) => {
    expect(namesOf(`${frontMatter}${text}`)).toBeUndefined();
    expect(namesOf(`---\n${text}\n---\n`)).toBeUndefined();
  });

  it("200 hostile values arrive unchanged as one argument and as one variable, or are refused", async () => {
    const steps = parseRunbook(
      `${frontMatter.replace("inputs:", "inputs:\n  evil: { summary: evil }")}${fence("kubectl name=arg reads", "get '%s\\n' ${evil} x${evil}")}${fence("shell name=script reads", `printf '%s\\n' "$RUNBOOK_EVIL"`)}`,
      "evil.md",
    );
    const [argument, script] = steps.steps;
    if (argument === undefined || script === undefined) throw new Error("the steps are missing");
    const world = { placeOf: () => ({ context: "eu", gennet: [] }), secrets: new Map() };
    const values = [...hostile, ...fc.sample(anyText, { numRuns: 200, seed: 42 })].filter(
      (value) => !value.includes("\u0000"),
    );
    expect(values.length).toBeGreaterThan(150);
    const call = (step: RunbookStep, value: string): ProgramCall =>
      callOf(step, steps, new Map([["evil", value]]), world);
    const isRefused = (value: string): boolean => value.startsWith("-") || /\p{Cc}/u.test(value);
    for (const value of nonEmpty(values.filter(isRefused))) {
      expect(() => call(argument, value)).toThrow(expect.objectContaining({ code: "RUNBOOK_VALUE_INVALID" }));
    }
    const wellFormed = (value: string): string => Buffer.from(value).toString("utf8");
    for (const value of nonEmpty(values.filter((each) => !isRefused(each)))) {
      const [, ...args] = call(argument, value).args;
      expect(args).toEqual(["%s\\n", value, `x${value}`]);
      expect(await printed("printf", args, {})).toBe(`${wellFormed(value)}\nx${wellFormed(value)}\n`);
    }
    for (const value of nonEmpty(values)) {
      const { args, env } = call(script, value);
      expect(await printed("sh", args, env)).toBe(`${wellFormed(value)}\n`);
    }
  }, 60_000);
});

/** Returns the names of the steps, or undefined if the text is refused. */
function namesOf(source: string): readonly string[] | undefined {
  try {
    return parseRunbook(source, "hostile.md").steps.map(({ name }) => name);
  } catch (error) {
    if (error instanceof AppError && error.code === "RUNBOOK_INVALID") return undefined;
    throw error;
  }
}

async function printed(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { signal } = new AbortController();
  const { stdout } = await runProgram({
    file,
    args,
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"], ...env },
    onLine: () => undefined,
    signal,
  });
  return stdout;
}
