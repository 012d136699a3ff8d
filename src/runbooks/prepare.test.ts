import { expect, it } from "vitest";
import { fence } from "../../test/support/runbook-trial.ts";
import type { AppError } from "../core/error.ts";
import { parseRunbook } from "./format/parse-runbook.ts";
import { type InputSources, prepare } from "./prepare.ts";

const front = `---
id: demo
title: Demo
when: always
inputs:
  count: { type: integer, summary: how many, default: "1" }
  token: { summary: a token, secret: true, pattern: "[a-z ]+" }
  mode: { type: choice, summary: a mode, secret: true, choices: [fast, slow] }
---
`;
const runbook = parseRunbook(
  front +
    fence("ask name=way choices=left,right", "Where to?") +
    fence("ask name=why", "Why?") +
    fence("shell", "true"),
  "demo.md",
);

async function prepared(given: readonly string[], more: Partial<InputSources> = {}): Promise<unknown> {
  const env = { RUNBOOK_TOKEN: "abcd", RUNBOOK_MODE: "fast" };
  const sources = { given, found: new Map(), region: undefined, env, ask: undefined, ...more };
  return prepare(runbook, sources).then(
    ({ values, secrets }) => [
      Object.fromEntries(values),
      Object.fromEntries([...secrets].map(([name, value]) => [name, value.reveal()])),
    ],
    (error: AppError) => [error.code, error.message, error.next],
  );
}

const show = "gennet runbook show demo";

it.each([
  [["back=x"], "RUNBOOK_VALUE_INVALID", 'This runbook has no input "back".', [show]],
  [["cuont=2"], "RUNBOOK_VALUE_INVALID", 'This runbook has no input "cuont".', ["Did you mean count?", show]],
  [["count"], "USAGE_INVALID", '--input: "count" is not NAME=VALUE.', [`${show}  # lists its inputs`]],
  [
    ["count=x"],
    "RUNBOOK_VALUE_INVALID",
    'The value of count is "x": expected a whole number.',
    ["Set it with --input count=VALUE.", show],
  ],
  [["way=up"], "RUNBOOK_VALUE_INVALID", 'The answer to way is "up": expected one of left, right.', [show]],
  [
    ["token=abcd"],
    "RUNBOOK_VALUE_INVALID",
    "The input token is secret, and other processes can read arguments.",
    ["Set the variable RUNBOOK_TOKEN instead.", show],
  ],
])("--input %j is refused with the next command", async (given, code, message, next) => {
  expect(await prepared(given)).toEqual([code, message, next]);
});

it("The next command names the runbook as the command line did", async () => {
  expect(await prepared(["back=x"], { named: "my runbooks/demo.md" })).toEqual([
    "RUNBOOK_VALUE_INVALID",
    'This runbook has no input "back".',
    ["gennet runbook show 'my runbooks/demo.md'"],
  ]);
});

it("Answers that are choices, and any answer to an open question, are accepted", async () => {
  expect(await prepared(["way=left", "why=because", "count=2"])).toEqual([
    { way: "left", why: "because", count: "2" },
    { token: "abcd", mode: "fast" },
  ]);
});

it.each([
  ["abc", "fast", "The value of token is invalid: expected at least 4 characters."],
  ["ABCD", "fast", "The value of token is invalid: expected a match of [a-z ]+."],
  ["abcd\n", "fast", "The value of token is invalid: expected a match of [a-z ]+."],
  ["abcd", "other", "The value of mode is invalid: expected one of fast, slow."],
])("The secrets %j and %j are refused, and not shown", async (token, mode, message) => {
  const [code, said] = (await prepared([], { env: { RUNBOOK_TOKEN: token, RUNBOOK_MODE: mode } })) as string[];
  expect([code, said]).toEqual(["RUNBOOK_VALUE_INVALID", message]);
});

it("A secret's variable that is empty counts as not given", async () => {
  const env = { RUNBOOK_TOKEN: "", RUNBOOK_MODE: "fast" };
  const [code, message] = (await prepared([], { env })) as string[];
  expect([code, message]).toEqual([
    "USAGE_ANSWER_MISSING",
    "Required in non-interactive mode: the variable RUNBOOK_TOKEN.",
  ]);
  const ask: InputSources["ask"] = async (name) => (name === "token" ? "asked" : "7");
  expect(await prepared([], { env, ask })).toEqual([{ count: "7" }, { token: "asked", mode: "fast" }]);
});
