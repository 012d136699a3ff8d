import { describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { AppError, Interrupted } from "../../src/core/error.ts";
import { globalFlags, type GlobalOptions } from "../../src/core/global-flags.ts";
import { main } from "../../src/main.ts";
import { callGennet } from "../support/cli.ts";
import { type HostOptions, memoryHost } from "../support/host.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { hostileName, trialTree } from "../support/trial-commands.ts";

async function call(argv: readonly string[], options: HostOptions = {}) {
  const host = memoryHost(options);
  const exit = await main(argv, host, trialTree);
  return { exit, stdout: host.stdout.written(), stderr: host.stderr.written() };
}

/** What a command was given, according to its answer. */
async function inputOf(argv: readonly string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { exit, stdout, stderr } = await call(["trial", "echo", ...argv, "-o", "json"], { env });
  if (exit !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { input: Record<string, unknown> }).input;
}

describe("help", () => {
  it.each([[[]], [["--help"]], [["trial"]], [["trial", "--help"]], [["trial", "echo", "-h"]]])(
    "Help is the answer: gennet %j",
    async (argv) => {
      const { exit, stdout, stderr } = await call(argv);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage:\n {2}gennet/m);
      expect(stdout).toMatch(/^Global flags:\n {2}-o, --output FORMAT/m);
    },
  );

  it("Help fits the width of the terminal", async () => {
    for (const columns of [60, 80, 200]) {
      const { stdout } = await call(["trial", "echo", "--help"], { columns });
      const widest = Math.max(...stdout.split("\n").map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(Math.max(Math.min(columns, 100), 64));
    }
  });

  it.each(commands.map((command) => [command.path.join(" "), command] as const))(
    "Help of gennet %s shows examples that begin with the command",
    async (typed, command) => {
      const { exit, stdout } = await callGennet([...command.path, "--help"]);
      expect(exit).toBe(0);
      for (const example of nonEmpty(command.examples)) {
        expect(example.run).toContain(`gennet ${typed}`);
        expect(stdout).toContain(`  # ${example.says}\n  ${example.run}\n`);
      }
    },
  );

  it("--version prints the version whenever there is no command", async () => {
    for (const argv of [["--version"], ["-V"], ["-v", "--version"]]) {
      expect((await call(argv)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
  });
});

describe("An invalid command line is a usage error that shows what to do", () => {
  it.each([
    [["trail"], "Unknown command 'trail'. Did you mean trial?", "gennet --help"],
    [["trial", "ecko", "--owner", "me"], "Unknown command 'ecko'. Did you mean echo?", "gennet trial --help"],
    [["trial", "echo", "--ownr", "me"], "Unknown option '--ownr'. Did you mean --owner?", "gennet trial echo --help"],
    [["trial", "echo", "--owner"], "--owner", "gennet trial echo --help"],
    [["trial", "echo", "--color", "blue"], '--color: "blue" is not one of red, green.', "gennet trial echo --help"],
    [
      ["trial", "echo", "--pause", "5"],
      '--pause: "5" is not a duration such as 30s or 5m.',
      "gennet trial echo --help",
    ],
    [["trial", "echo", "-o", "xml"], '"xml" is not one of table, wide, json, yaml, ndjson.', "--help"],
  ])("An invalid command line is rejected with the next step: %j", async (argv, message, next) => {
    const { exit, stdout, stderr } = await call(argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    const [first = "", second = ""] = stderr.split("\n");
    expect(first).toMatch(/^error: .*\[USAGE_INVALID\]$/);
    expect(first).toContain(message);
    expect(second).toContain(`→ gennet`);
    expect(second).toContain(next);
  });
});

describe("variables", () => {
  it("Variables exist for every flag that does not confirm changes", async () => {
    const env = {
      GENNET_OWNER: "ada",
      GENNET_COLOR: "green",
      GENNET_PARTS: "one,two",
      GENNET_PAUSE: "2m",
      GENNET_DRY_RUN: "1",
      GENNET_YES: "1",
    };
    const read = { owner: "ada", color: "green", parts: ["one", "two"], pause: 120_000, dryRun: true, yes: false };
    expect(await inputOf([], env)).toMatchObject(read);
  });

  it.each([
    ["1", true],
    ["true", true],
    ["YES", true],
    ["0", false],
    ["false", false],
    ["off", false],
    ["", false],
  ])("A variable turns a switch on and off: %j", async (value, expected) => {
    expect(await inputOf([], { GENNET_DRY_RUN: value })).toMatchObject({ dryRun: expected });
  });

  it("Flags override variables", async () => {
    const env = { GENNET_OWNER: "ada", GENNET_PARTS: "one" };
    const read = { owner: "bob", parts: ["two", "three", "four"] };
    expect(await inputOf(["--owner", "bob", "--parts", "two,three", "--parts", "four"], env)).toMatchObject(read);
  });

  it.each(["GENNET_COLOR=blue", "GENNET_PAUSE=soon", "GENNET_DRY_RUN=maybe", "GENNET_REQUEST_TIMEOUT=5"])(
    "Invalid variables are named in the error: %s",
    async (assignment) => {
      const [name = "", value = ""] = assignment.split("=");
      const { exit, stderr } = await call(["trial", "echo"], { env: { [name]: value } });
      expect(exit).toBe(2);
      expect(stderr).toContain(`${name}: "${value}"`);
    },
  );

  it("Variables set the global flags, including --no-input", async () => {
    let seen: GlobalOptions | undefined;
    const [echo] = trialTree.commands;
    const load = async () => ({
      run: async (_input: unknown, context: { options: GlobalOptions }) => {
        seen = context.options;
        return { exit: 0, document: { kind: "Trial" } };
      },
      present: () => "",
    });
    const tree = { ...trialTree, commands: [{ ...echo, load }] } as unknown as typeof trialTree;
    const env = { GENNET_NO_INPUT: "true", GENNET_REGION: "a,b", GENNET_NAMESPACE: "shop", GENNET_VERBOSE: "0" };
    await main(["trial", "echo", "--context", "c"], memoryHost({ env }), tree);
    expect(seen).toMatchObject({
      noInput: true,
      region: ["a", "b"],
      namespace: "shop",
      verbose: false,
      context: ["c"],
    });
    expect(Object.keys(seen ?? {})).toEqual(Object.keys(globalFlags));
  });
});

describe("output", () => {
  it("JSON output is one document, and nothing else is on stdout", async () => {
    const { exit, stdout, stderr } = await call(["trial", "tasks", "-o", "json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ apiVersion: "gennet/v1", kind: "Trial", lines: ["the answer"] });
    expect(stderr.split("\n")).toEqual([
      "… The made",
      "✔ The made (1.2s)",
      "warning: said meanwhile",
      "- The left: is there already",
      "✖ The broken: no luck",
      "",
    ]);
  });

  it("-o ndjson prints one JSON document per line, the answer last", async () => {
    const { stdout, stderr } = await call(["trial", "tasks", "-o", "ndjson"]);
    const documents = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(documents.map((document) => document.kind)).toEqual([...Array.from({ length: 6 }, () => "Event"), "Trial"]);
    expect(stderr).toBe("");
  });

  it("-o yaml prints YAML", async () => {
    expect((await call(["trial", "echo", "-o", "yaml"])).stdout).toMatch(/^apiVersion: gennet\/v1\nkind: Trial\n/);
  });

  it("-q prints only the answer", async () => {
    expect(await call(["trial", "tasks", "-q"])).toEqual({ exit: 0, stdout: "the answer\n", stderr: "" });
  });

  it.each([
    [["trial", "refuse", "-o", "json"], {}, "REGION_UNKNOWN", 2],
    [["trial", "bug", "-o", "json"], {}, "INTERNAL", 1],
    [["trial", "bug", "-o", "yaml"], {}, "INTERNAL", 1],
    [["trail", "-o", "json"], {}, "USAGE_INVALID", 2],
    [["trial", "echo", "--pause", "x", "-o", "json"], {}, "USAGE_INVALID", 2],
    [["trial", "echo", "--pause", "x"], { GENNET_OUTPUT: "json" }, "USAGE_INVALID", 2],
  ])("A failure is JSON on stderr for %j %j", async (argv, env, code, expected) => {
    const { exit, stdout, stderr } = await call(argv, { env });
    expect({ exit, stdout }).toEqual({ exit: expected, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ apiVersion: "gennet/v1", kind: "Failure", code, exit: expected });
  });

  it.each(["table", "json", "yaml", "ndjson"])(
    "Output contains no raw control character from outside with -o %s",
    async (output) => {
      for (const name of ["hostile", "refuse"]) {
        const { stdout, stderr } = await call(["trial", name, "-o", output]);
        expect(`${stdout}${stderr}`).toContain("evil");
        // oxlint-disable-next-line no-control-regex -- these are the ones that must not come out
        expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    },
  );

  it("JSON keeps a name with control characters unchanged", async () => {
    const { stdout } = await call(["trial", "hostile", "-o", "json"]);
    expect((JSON.parse(stdout) as { lines: string[] }).lines).toEqual([hostileName]);
  });
});

describe("stopping", () => {
  it("An interrupted command reports why, instead of a library's error", async () => {
    const controller = new AbortController();
    const running = call(["trial", "wait"], { signal: controller.signal });
    controller.abort(new Interrupted("Ctrl-C"));
    const { exit, stderr } = await running;
    expect(exit).toBe(130);
    expect(stderr).toContain("error: Stopped by Ctrl-C. [INTERRUPTED]");
    expect(stderr).not.toContain("→");
  });

  it.each([
    ["Ctrl-C", new Interrupted("Ctrl-C"), 130, []],
    [
      "--timeout",
      new AppError("TIMED_OUT", "Late.", { next: ["Use a longer --timeout."] }),
      6,
      ["Use a longer --timeout."],
    ],
  ])(
    "A command that makes changes and is stopped by %s shows the same command line as next step",
    async (_what, reason, code, before) => {
      const argv = ["trial", "change", "my region", "--color", "green"];
      const next = [...before, "gennet trial change 'my region' --color green  # resumes from here"];
      const stopped = async (...more: readonly string[]) => {
        const controller = new AbortController();
        const running = call([...argv, ...more], { signal: controller.signal });
        controller.abort(reason);
        return running;
      };
      const shown = await stopped();
      expect(shown).toMatchObject({ exit: code, stdout: "" });
      expect(shown.stderr.trimEnd().split("\n").slice(1)).toEqual(next.map((each) => `  → ${each}`));
      const { exit, stderr } = await stopped("-o", "json");
      const inJson = next.map((each) => each.replace(" green", " green -o json"));
      expect({ exit, ...JSON.parse(stderr) }).toMatchObject({
        kind: "Failure",
        exit: code,
        code: reason.code,
        next: inJson,
      });
    },
  );
});
