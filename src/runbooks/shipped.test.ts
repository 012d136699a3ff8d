import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { groups } from "../commands/groups.ts";
import { commands } from "../commands/index.ts";
import { matches } from "../core/check.ts";
import { healthChecks } from "../health/index.ts";
import { parse } from "../program.ts";
import { parseRunbook } from "./format/parse-runbook.ts";
import type { Runbook, RunbookStep } from "./format/runbook.ts";
import { splitWords, type ArgumentTemplate } from "./format/words.ts";

const folder = join(import.meta.dirname, "../../templates/runbooks");
const files = readdirSync(folder).toSorted();
const runbooks = files.map((file): [string, Runbook] => [
  basename(file, ".md"),
  parseRunbook(readFileSync(join(folder, file), "utf8"), file),
]);

const checkIds = healthChecks.map(({ id }) => id);
const unknownChecks = (ids: readonly string[]): readonly string[] =>
  ids.filter((id) => !checkIds.some((known) => matches([id], known)));

/** Arguments with a sample for each value. */
function filled(words: readonly ArgumentTemplate[]): readonly string[] {
  return words.map((word) => word.map((part) => (typeof part === "string" ? part : "sample")).join(""));
}

/** Why gennet would reject a command line. */
function rejection(argv: readonly string[]): readonly string[] {
  const request = parse(
    [...argv, "--region", "eu-west-1"],
    { commands, groups },
    { env: {}, stdout: { columns: 100 } },
  );
  if ("command" in request) return [];
  const why = "error" in request ? request.error.message : "it is not a command";
  return [`gennet ${argv.join(" ")}: ${why}`];
}

/** The commands of gennet that a step runs; in a script, a line that begins with it. */
function gennetCommands({ kind, words, body }: RunbookStep): readonly (readonly string[])[] {
  if (kind === "gennet") return [filled(words)];
  if (kind !== "shell") return [];
  return [...body.matchAll(/^\s*gennet (.*)$/gm)].map(([, rest = ""]) =>
    filled(splitWords(rest.replaceAll(/"\$RUNBOOK_[A-Z_]+"/g, "sample"))),
  );
}

function checksOf({ kind, words }: RunbookStep): readonly string[] {
  return kind === "check" ? filled(words) : [];
}

function canAnswer(steps: readonly RunbookStep[], name: string, answer: string): boolean {
  const { kind, choices = [] } = steps.find((step) => step.name === name) ?? {};
  return kind === "approve" ? answer === "yes" : kind === "ask" && (choices.length === 0 || choices.includes(answer));
}

/** The steps of a run that is not undone. */
function forward({ steps }: Runbook): readonly RunbookStep[] {
  return steps.filter(({ undoOf }) => undoOf === undefined);
}

it("gennet ships with ten runbooks", () => {
  expect(files).toEqual([
    "application-stuck.md",
    "bad-release.md",
    "breaker-open.md",
    "istiod-down.md",
    "mtls-not-strict.md",
    "region-unreachable.md",
    "secret-leaked.md",
    "secrets-not-syncing.md",
    "spans-not-delivered.md",
    "store-unreachable.md",
  ]);
});

describe.each(runbooks)("the shipped runbook %s", (file, runbook) => {
  it("A shipped runbook has its file's name as its ID", () => {
    expect(runbook.id).toBe(file);
  });

  it("A shipped runbook only names checks that exist", () => {
    const { findings, steps, trial } = runbook;
    const named = [
      ...findings,
      ...steps.flatMap(checksOf),
      ...(trial?.holds ?? []),
      ...(trial?.finding === undefined ? [] : [trial.finding]),
    ];
    expect(unknownChecks(named)).toEqual([]);
  });

  it("A shipped runbook has a decision table, and says what it does not do", () => {
    expect(runbook.source).toContain("\n| what you see | what it means | go to |\n");
    expect(runbook.source).toContain("\n## What this runbook does not do\n");
  });

  it("A shipped runbook keeps evidence first, and ends with a check that waits", () => {
    const [first] = forward(runbook);
    expect(first?.name).toBe("evidence");
    expect(first && filled(first.words)).toEqual(["status", "--bundle", "sample/before.bundle"]);
    const last = forward(runbook).at(-1);
    expect([last?.name, last?.kind, (last?.timeoutMs ?? 0) >= 60_000]).toEqual(["prove", "check", true]);
  });

  it("A shipped runbook only runs commands of gennet that exist, with flags that exist", () => {
    expect(runbook.steps.flatMap(gennetCommands).flatMap(rejection)).toEqual([]);
  });

  it("A shipped runbook leaves regions and contexts to gennet", () => {
    const words = runbook.steps.flatMap(gennetCommands).concat(runbook.steps.map((step) => filled(step.words)));
    expect(words.flat().filter((word) => /^--(region|context|kubeconfig)\b/.test(word))).toEqual([]);
  });

  it("A shipped runbook can be tried in a sandbox", () => {
    const { trial, inputs, steps } = runbook;
    const unfit = Object.entries(trial?.answers ?? {}).filter(([name, answer]) => !canAnswer(steps, name, answer));
    expect(unfit).toEqual([]);
    expect(Object.keys(trial?.inputs ?? {}).filter((name) => inputs[name] === undefined)).toEqual([]);
    const lines = [...(trial?.fault ?? []), ...Object.values(trial?.meanwhile ?? {}).flat()];
    expect(trial?.fault.length).toBeGreaterThan(0);
    const own = lines.filter((line) => !/^(kubectl |shell: )/.test(line));
    expect(own.flatMap((line) => rejection(filled(splitWords(line))))).toEqual([]);
  });

  it("A shipped runbook gives a reason before it changes something: a question comes first", () => {
    const changes = forward(runbook).findIndex(({ reads }) => !reads);
    const questions = forward(runbook).findIndex(({ kind }) => kind === "ask" || kind === "approve");
    expect(questions).toBeGreaterThan(0);
    expect(changes).toBeGreaterThan(questions);
  });

  it("A shipped runbook reads no value of a Secret", () => {
    const reads = /\b(get|describe|edit) secrets?\b|get-secret-value|\bsecret\/|jsonpath=\{\.data/;
    expect(runbook.steps.map(({ body }) => body).filter((body) => reads.test(body))).toEqual([]);
  });
});

it("secrets-not-syncing runs with --yes: each change is safe, and no step needs a person's approval", () => {
  const [, runbook] = runbooks.find(([id]) => id === "secrets-not-syncing") ?? [];
  const steps = runbook?.steps ?? [];
  expect(steps.filter(({ reads, isSafe, kind }) => (!reads || kind === "approve") && !isSafe)).toEqual([]);
  expect(steps.filter(({ isSafe }) => isSafe).map(({ name }) => name)).toEqual(["restart", "force-sync"]);
});
