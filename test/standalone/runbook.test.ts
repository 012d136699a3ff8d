import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunbookReport } from "../../src/runbooks/record/run-report.ts";
import type { RunbookRun } from "../../src/runbooks/run/runbook-run.ts";
import { type Ended, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { fence } from "../support/runbook-trial.ts";

const planted = "pl4nted-by-a-test";
const append = (name: string): string => `echo ${name} >> "$RUNBOOK_LOG"`;
const body = [
  fence("shell name=look reads output=kernel=text", "uname -s"),
  fence("shell name=one safe", append("one")),
  fence("approve name=agree safe", "Continue on ${kernel}?"),
  fence("shell name=two safe", append("two")),
  fence("wait name=pause", "1s"),
  fence("shell name=three safe", `${append("three")}\necho "$RUNBOOK_TOKEN"; echo "password=${planted}"; env | sort`),
  fence("shell name=back-three undo-of=three safe", append("back-three")),
  fence("ask name=way choices=left,right", "Where to?"),
  fence('shell name=left safe when="way == left"', append("left")),
  fence('shell name=right safe when="way == right"', append("right")),
  // The process list of the machine, while secrets are in variables.
  fence("shell name=processes reads", "ps -eo args"),
  fence("shell name=four safe", append("four")),
].join("");
const source = `---
id: twelve
title: Twelve steps
when: in tests
inputs:
  log: { type: text, summary: where steps leave a line }
  token: { type: text, summary: a token, secret: true }
---
${body}`;

let folder: string;
let env: Record<string, string>;
const logOf = async (): Promise<string[]> =>
  (await readFile(join(folder, "log"), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

function runbook(argv: readonly string[], more: Parameters<typeof runGennet>[1] = {}): Promise<Ended> {
  return runGennet(["runbook", ...argv], { env, cwd: folder, ...more });
}

/** Kills the process as soon as it has written this to its standard error. */
async function killedAt(argv: readonly string[], line: string): Promise<void> {
  const kill = new AbortController();
  let said = "";
  const hear = (chunk: string): void => {
    said += chunk;
    if (said.includes(line)) kill.abort();
  };
  const { exit } = await runbook(argv, { kill: kill.signal, hear });
  expect([line, exit]).toEqual([line, null]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-runbook-"));
  env = {
    XDG_STATE_HOME: join(folder, "state"),
    RUNBOOK_TOKEN: `${planted}-token`,
    MY_API_TOKEN: `${planted}-variable`,
  };
  await writeFile(join(folder, "twelve.md"), source);
});
afterAll(async () => rm(folder, { recursive: true }));

describe("gennet runbook as a process", () => {
  it("A runbook of twelve steps that is killed six times repeats no step that was done", async () => {
    const start = [
      "run",
      "twelve.md",
      "--yes",
      "--input",
      "way=left",
      "--input",
      `log=${folder}/log`,
      "--incident",
      "INC-7",
    ];
    const resume = ["run", "--resume", "INC-7", "--yes", "--input", "way=left"];
    await killedAt(start, "2/12 one");
    await killedAt(resume, "4/12 two");
    await killedAt(resume, "5/12 pause");
    await killedAt(resume, "6/12 three");
    await killedAt(resume, "8/12 way");
    await killedAt(resume, "12/12 four");
    const ended = await runbook([...resume, "-o", "json"]);
    expect(ended.exit, ended.stderr).toBe(0);
    const document = JSON.parse(ended.stdout) as RunbookRun;
    assertDocument(document);
    expect(document.outcome).toBe("done");
    const log = await logOf();
    expect(new Set(log)).toEqual(new Set(["one", "two", "three", "left", "four"]));
    // Only the step during which it was killed may run again.
    expect(log.filter((line) => line === "left")).toEqual(["left"]);
    const repeated = [...new Set(log)].filter((name) => log.filter((line) => line === name).length > 2);
    expect(repeated).toEqual([]);
  }, 120_000);

  it("An incident has one run at a time, and its report tells the story", async () => {
    const again = await runbook([
      "run",
      "twelve.md",
      "--yes",
      "--input",
      "way=right",
      "--input",
      `log=${folder}/log`,
      "--incident",
      "INC-8",
      "--from-step",
      "nowhere",
    ]);
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining('has no step "nowhere"')]);
    const json = await runbook(["report", "INC-7", "-o", "json"]);
    const report = JSON.parse(json.stdout) as RunbookReport;
    assertDocument(report);
    expect(report).toMatchObject({ outcome: "done", incident: "INC-7", runbook: "twelve" });
    expect(report.steps.map(({ state }) => state)).toContain("skipped");
    const { stdout } = await runbook(["report", "INC-7"]);
    for (const part of ["# INC-7", "## Timeline", "## Decisions", "`two`", report.journal.hash]) {
      expect(stdout).toContain(part);
    }
    // The attempt during which it was killed may have kept nothing.
    expect(stdout).toMatch(/06-three(-\d)?\.log/);
  });

  it("Planted secrets are in no file, in no output and in no process list", async () => {
    const files = await readdir(join(folder, "state"), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "utf8")),
    );
    expect(texts.length).toBeGreaterThan(8);
    const fresh = await runbook(["run", "twelve.md", "--yes", "--input", "way=right", "--input", `log=${folder}/log`]);
    expect(fresh.exit, fresh.stderr).toBe(0);
    const reported = await runbook(["report"]);
    const all = [...texts, fresh.stdout, fresh.stderr, reported.stdout].join("\n");
    expect(all).toContain("[redacted]");
    expect(all).toContain("ps -eo args");
    // The document itself has the line that prints it.
    const own = all.split("\n").filter((line) => !line.includes('echo "password='));
    expect(own.filter((line) => line.includes("pl4nted"))).toEqual([]);
  }, 60_000);

  it("A journal that was cut at its end is noticed", async () => {
    const path = join(folder, "state", "gennet", "journal", "runbooks", "incident-INC-7.jsonl");
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await writeFile(path, `${lines.slice(0, -1).join("\n")}\n`);
    const { exit, stderr } = await runbook(["report", "INC-7"]);
    expect([exit, stderr]).toEqual([7, expect.stringContaining("JOURNAL_BROKEN")]);
  });

  it.each([
    [["run"], 2, "Pass the ID of a runbook"],
    [["run", "nothing"], 2, "RUNBOOK_UNKNOWN"],
    [["show", "breaker-opne"], 2, "gennet runbook show breaker-open"],
    [["run", "twelve.md", "--undo"], 2, "--undo needs --resume"],
    [["run", "--resume", "INC-9"], 2, "RUNBOOK_RUN_UNKNOWN"],
    [["run", "twelve.md", "--yes", "--input", "way=left"], 2, "--input log=VALUE"],
    [["run", "twelve.md", "--yes", "--input", "token=x", "--input", "log=x"], 2, "RUNBOOK_TOKEN"],
    [["run", "twelve.md", "--input", "log=x", "--input", "way=left"], 2, "pass --yes"],
    [["run", "twelve.md", "--yes", "--input", "log=x"], 2, "way (line"],
    [["run", "twelve.md", "--yes", "--incident", "../x", "--input", "log=x"], 2, "--incident"],
    [["run", "twelve.md", "--yes", "--input", "nope=x", "--input", "log=x"], 2, 'has no input "nope"'],
    [["run", "twelve.md", "--input", "nope=x"], 2, "gennet runbook show twelve.md"],
    [["run", "twelve.md", "--yes", "--input", "way=up", "--input", "log=x"], 2, "expected one of left, right"],
    [["run", "twelve.md", "--from-finding", "breakers/ejected"], 2, "such as breakers/ejected:3fa9c1"],
  ])("gennet runbook %j exits with %i and says %s", async (argv, exit, says) => {
    const ended = await runbook(argv);
    expect([ended.exit, ended.stderr]).toEqual([exit, expect.stringContaining(says)]);
  });

  it("A dry run shows every step, runs none, and exits with 8", async () => {
    const before = await logOf();
    const { exit, stdout } = await runbook([
      "run",
      "twelve.md",
      "--dry-run",
      "--input",
      `log=${folder}/log`,
      "-o",
      "json",
    ]);
    expect(exit).toBe(8);
    const document = JSON.parse(stdout) as RunbookRun;
    assertDocument(document);
    expect(document.steps).toHaveLength(11);
    expect(await logOf()).toEqual(before);
  });

  describe("an unfinished run", () => {
    const failing = `---\nid: failing\ntitle: Fails\nwhen: in tests\ninputs:\n  log: { summary: a file }\n---\n${fence("shell name=one safe", append("started"))}${fence("shell name=back undo-of=one safe", append("undone"))}${fence("shell name=two safe", "exit 9")}`;
    const begin = (incident: string, ...more: string[]): Promise<Ended> =>
      runbook(["run", "failing.md", "--yes", "--input", `log=${folder}/failing`, "--incident", incident, ...more]);
    const logged = async (): Promise<string> => readFile(join(folder, "failing"), "utf8");

    beforeAll(async () => {
      await writeFile(join(folder, "failing.md"), failing);
      await begin("F-1");
    });

    it("A dry run of resuming and of undoing shows what is left, and runs nothing", async () => {
      const before = await logged();
      const left = await runbook(["run", "--resume", "F-1", "--dry-run"]);
      expect([left.exit, left.stdout]).toEqual([8, expect.stringContaining("exit 9")]);
      const undo = await runbook(["run", "--resume", "F-1", "--undo", "--dry-run", "-o", "json"]);
      const { steps } = JSON.parse(undo.stdout) as RunbookRun;
      expect([undo.exit, steps.map(({ name }) => name)]).toEqual([8, ["back"]]);
      expect(await logged()).toBe(before);
    });

    it.each([
      [["failing.md"], "pass either the ID of a runbook or --resume"],
      [["--incident", "F-2"], "leave --incident out"],
      [["--undo", "--accept"], "exclude each other"],
      [["--input", "log=elsewhere"], "a resumed run keeps its inputs"],
    ])("A run cannot be resumed with %j", async (argv, says) => {
      const { exit, stderr } = await runbook(["run", "--resume", "F-1", "--yes", ...argv]);
      expect([exit, stderr]).toEqual([2, expect.stringContaining(says)]);
    });

    it("A second run for the incident is refused, and the first can be undone", async () => {
      const second = await begin("F-1");
      expect([second.exit, second.stderr]).toEqual([7, expect.stringContaining("RUNBOOK_UNFINISHED")]);
      const undone = await runbook(["run", "--resume", "F-1", "--undo", "--yes"]);
      expect(undone.exit, undone.stderr).toBe(0);
      expect(await logged()).toBe("started\nundone\n");
    });

    it("A run whose files are damaged hides no other run, and can be ended", async () => {
      expect((await begin("F-3")).exit).toBe(3);
      const root = join(folder, "state", "gennet", "runbooks");
      const last = (await readdir(root)).toSorted().at(-1) ?? "";
      await writeFile(join(root, last, "runbook.md"), "damaged");
      const resumed = await runbook(["run", "--resume", "F-3", "--yes"]);
      expect([resumed.exit, resumed.stderr]).toEqual([2, expect.stringContaining(join(last, "runbook.md"))]);
      expect((await runbook(["run", "--resume", "F-3", "--accept"])).exit).toBe(0);
      await writeFile(join(root, last, "run.json"), "{");
      expect((await runbook(["report", "F-1"])).exit).toBe(0);
      // The incident is free again.
      expect((await begin("F-3")).exit).toBe(3);
    });
  });

  it("gennet runbook new writes a runbook that is valid, and never overwrites one", async () => {
    const made = await runbook(["new", "checkout-slow", "--title", "Checkout is *slow*", "--finding", "breakers/open"]);
    expect(made.exit, made.stderr).toBe(0);
    const [, command = ""] = / then run: gennet (.*)\n/.exec(made.stdout) ?? [];
    expect(command).toBe("runbook show runbooks/checkout-slow.md");
    expect((await runGennet(command.split(" "), { env, cwd: folder })).stdout).toContain("restart (kubectl)");
    expect((await runbook(["new", "checkout-slow"])).exit).toBe(2);
  });

  it.each([
    [["../evil"], "USAGE_INVALID", "ID: expected lower-case letters, digits and dashes"],
    [["fine", "--title", "two\nlines"], "USAGE_INVALID", "--title: expected text on one line"],
    [["fine", "--finding", "nope/nope"], "USAGE_INVALID", 'No check is named by "nope/nope"'],
  ])("gennet runbook new %j writes nothing, and suggests no file", async (argv, code, says) => {
    const { exit, stderr } = await runbook(["new", ...argv]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(stderr).toContain(code);
    expect(stderr).not.toContain("runbook show");
    expect(await readdir(join(folder, "runbooks"))).toEqual(["checkout-slow.md"]);
  });
});
