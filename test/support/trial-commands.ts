import type { Context } from "../../src/context.ts";
import type { Command, CommandModule } from "../../src/core/command.ts";
import { argument, flag } from "../../src/core/command.ts";
import { AppError } from "../../src/core/error.ts";
import { exit } from "../../src/core/exit.ts";
import type { Document } from "../../src/core/outcome.ts";
import type { Region } from "../../src/platform/schema.ts";
import type { CommandTree } from "../../src/program.ts";

interface Trial extends Document {
  readonly kind: "Trial";
  readonly input: unknown;
  readonly lines: readonly string[];
}

type Work = (input: Record<string, unknown>, context: Context) => Promise<readonly string[]>;

/** Names as a cluster or a file could contain them: they clear the screen, set a title, reverse text. */
export const hostileName = "evil\u001b[2J\u001b]0;owned\u0007\u009b31m\u202Egnp\rname\n✔ all is well";

const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const alive = setInterval(() => undefined, 1_000);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      reject(new Error("a library's own complaint"));
    });
  });

const trials: Readonly<Record<string, Work>> = {
  echo: async () => ["done"],
  wait: async (_input, { emit, signal }) => {
    emit({ type: "tasks", tasks: ["first", "second", "third"].map((id) => ({ id, title: `The ${id}` })) });
    emit({ type: "task", id: "first", state: "running" });
    emit({ type: "task", id: "first", state: "done", durationMs: 1_200 });
    emit({ type: "task", id: "second", state: "running", detail: "at work" });
    emit({ type: "note", level: "warn", text: "said meanwhile" });
    return forever(signal);
  },
  /** Makes changes that the next run continues. */
  change: async (_input, { resumable, signal }) => {
    resumable();
    return forever(signal);
  },
  deaf: async (_input, { emit }) => {
    emit({ type: "note", level: "info", text: "not listening" });
    return forever(new AbortController().signal);
  },
  tasks: async (_input, { emit }) => {
    emit({ type: "tasks", tasks: ["made", "left", "broken"].map((id) => ({ id, title: `The ${id}` })) });
    emit({ type: "task", id: "made", state: "running" });
    emit({ type: "task", id: "made", state: "done", durationMs: 1_200 });
    emit({ type: "note", level: "warn", text: "said meanwhile" });
    emit({ type: "note", level: "debug", text: "for the curious" });
    emit({ type: "task", id: "left", state: "skipped", detail: "is there already" });
    emit({ type: "task", id: "broken", state: "failed", detail: "no luck" });
    return ["the answer"];
  },
  /** Adds its tasks one after another. */
  late: async (_input, { emit }) => {
    emit({ type: "tasks", tasks: [{ id: "early", title: "The early" }] });
    emit({ type: "task", id: "early", state: "running", detail: "at work" });
    emit({ type: "note", level: "warn", text: "said meanwhile" });
    emit({ type: "tasks", tasks: ["late", "left"].map((id) => ({ id, title: `The ${id}` })) });
    emit({ type: "task", id: "late", state: "failed", detail: "no luck" });
    emit({ type: "tasks", tasks: [{ id: "last", title: "The last" }] });
    emit({ type: "task", id: "last", state: "done", durationMs: 1_200 });
    emit({ type: "task", id: "early", state: "done", durationMs: 1_300 });
    return ["the answer"];
  },
  flood: async () => Array.from({ length: 200_000 }, (_, index) => `line ${index}`),
  /** Writes until it is stopped. */
  tick: async (_input, { emit, host, signal }) => {
    for (;;) {
      emit({ type: "note", level: "info", text: "tick" });
      await host.clock.sleep(20, signal);
    }
  },
  /** Requests an identity from AWS, whose profile needs a code. */
  mfa: async (_input, { emit, aws, signal }) => {
    emit({ type: "tasks", tasks: [{ id: "eu", title: "eu" }] });
    emit({ type: "task", id: "eu", state: "running" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const region = { name: "eu", awsRegion: "eu-west-1", accountId: "123456789012", profile: "mfa" };
    const who = await (await aws(region as Region)).identity(signal).catch((error: Error) => error.message);
    emit({ type: "task", id: "eu", state: "done" });
    return [JSON.stringify(who)];
  },
  bug: async () => {
    throw new TypeError("undefined is not a function");
  },
  refuse: async () => {
    throw new AppError("REGION_UNKNOWN", `No region "${hostileName}".`, { next: [`gennet ${hostileName}`] });
  },
  hostile: async (_input, { emit }) => {
    emit({ type: "tasks", tasks: [{ id: "one", title: hostileName }] });
    emit({ type: "task", id: "one", state: "done", detail: hostileName });
    emit({ type: "note", level: "info", text: hostileName });
    return [hostileName];
  },
  ask: async (_input, { host, signal }) => [
    await (await host.prompts()).text({ message: "Your name?", fallback: "nobody" }, signal),
  ],
};

const shapes = {
  args: { words: argument.many("WORD", "any words") },
  flags: {
    owner: flag.text("OWNER", "a text"),
    color: flag.choice("COLOR", ["red", "green"], "red", "a choice"),
    parts: flag.list("PART", "a list"),
    pause: flag.durationOr(1_500, "a duration"),
    dryRun: flag.switch("a switch"),
    yes: flag.consent("a consent"),
  },
};

function trialCommand(name: string, work: Work): Command<Context> {
  const module: CommandModule<Record<string, unknown>, Context, Trial> = {
    run: async (input, context) => ({
      exit: exit.ok,
      document: { kind: "Trial", input, lines: await work(input, context) },
    }),
    present: (document) => document.lines.join("\n"),
  };
  return {
    path: ["trial", name],
    summary: `try ${name}`,
    examples: [{ run: `gennet trial ${name}`, says: "Just that" }],
    ...shapes,
    answers: "Trial",
    load: async () => module,
  };
}

/** Commands that only exist for tests: each does one thing that the command line has to handle. */
export const trialTree: CommandTree<Context> = {
  commands: Object.entries(trials).map(([name, work]) => trialCommand(name, work)),
  groups: { "": "The command line as such.", trial: "What tests need." },
};
