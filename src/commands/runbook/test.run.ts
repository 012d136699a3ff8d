import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, createContext } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { withJournal } from "../../core/journal.ts";
import type { Outcome } from "../../core/outcome.ts";
import { poll } from "../../core/poll.ts";
import { beginRun } from "../../core/run.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { shell } from "../../core/shell-words.ts";
import { healthChecks } from "../../health/index.ts";
import { findingName, runbookFor, valuesOf } from "../../runbooks/finding-values.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import { splitWords } from "../../runbooks/format/words.ts";
import { prepare } from "../../runbooks/prepare.ts";
import { newRun, writeRun } from "../../runbooks/record/run-files.ts";
import { runRunbook } from "../../runbooks/run/run-runbook.ts";
import type { TestedRunbook, TrialWorld } from "../../runbooks/trial/trial-world.ts";
import { tryRunbook } from "../../runbooks/trial/try-runbook.ts";
import { fullAddresses } from "../../../sandbox/src/full/addresses.ts";
import { platformOf, sandboxEnvironment } from "../../../sandbox/src/env.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { requireState } from "../../../sandbox/src/status.ts";
import { table } from "../../view/table.ts";
import { checksGate } from "../check/checks-gate.run.ts";
import { examinePlaces } from "../check/examine-places.run.ts";
import { allRunbooks, openRunbook } from "./library.run.ts";
import { worldOf } from "./runbook-world.run.ts";
import type { RunbookTestInput } from "./test.ts";

const patienceMs = 10 * 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/** What `gennet runbook test` answers. */
export interface RunbookTests {
  readonly kind: "RunbookTests";
  readonly sandbox: string;
  readonly items: readonly TestedRunbook[];
}

export async function run(input: RunbookTestInput, context: Context): Promise<Outcome<RunbookTests>> {
  const name = requireName(input.name);
  const runbooks = await wanted(input.ids, context);
  const work = await mkdtemp(join(tmpdir(), "gennet-runbook-test-"));
  try {
    const { trialContext, region, gitops } = await sandboxContext(name, work, context);
    try {
      const items: TestedRunbook[] = [];
      for (const runbook of runbooks) {
        context.emit({ type: "note", level: "info", text: `Testing ${runbook.id} in ${region}` });
        items.push(await tryRunbook(runbook, trialWorld(name, region, gitops, trialContext)));
      }
      const isPassed = items.length > 0 && items.every(({ outcome }) => outcome === "passed");
      return { exit: isPassed ? exit.ok : exit.unhealthy, document: { kind: "RunbookTests", sandbox: name, items } };
    } finally {
      await trialContext.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export function present({ items }: RunbookTests, view: TextView): string {
  const rows = items.map(({ id, outcome, summary, finding = "" }) => [
    id,
    outcome === "passed" ? view.paint("good", outcome) : view.paint("bad", outcome),
    summary,
    finding,
  ]);
  return table(["RUNBOOK", "RESULT", "WHY", "FINDING"], rows, view);
}

async function wanted(ids: readonly string[], context: Context): Promise<readonly Runbook[]> {
  const names = ids.length > 0 ? ids : (await allRunbooks(context)).map(({ id }) => id);
  const runbooks = await Promise.all(names.map((id) => openRunbook(id, context)));
  return ids.length > 0 ? runbooks : runbooks.filter(({ trial }) => trial !== undefined);
}

/** A context of the sandbox: its variables, and a gennet.yaml for it. */
async function sandboxContext(
  name: string,
  work: string,
  { host, options, signal, emit, preview, suspend }: Context,
): Promise<{ readonly trialContext: Context; readonly region: string; readonly gitops: string }> {
  const { state, folder } = await requireState(name, { host, signal, emit });
  const gitops = fullAddresses(state, folder)?.gitops;
  if (gitops === undefined) {
    throw new AppError("RUNBOOK_SANDBOX_MISSING", `The sandbox ${name} is not of profile full.`, {
      next: [shell`gennet sandbox up --profile full --name ${name}`],
    });
  }
  const [wished] = options.region;
  const region = state.regions.find(({ awsRegion }) => wished === undefined || awsRegion === wished)?.awsRegion;
  if (region === undefined) throw new AppError("REGION_UNKNOWN", `The sandbox ${name} has no region ${wished}.`);
  await writeFile(join(work, "gennet.yaml"), platformOf(state, folder));
  const { variables, unset } = sandboxEnvironment(state, folder, host.env);
  const env = Object.fromEntries(Object.entries({ ...host.env, ...variables }).filter(([key]) => !unset.includes(key)));
  const trialContext = createContext(
    { ...host, env, cwd: work },
    { ...options, config: undefined, context: [], region: [region] },
    signal,
    { emit, preview, suspend },
  );
  return { trialContext, region, gitops };
}

function trialWorld(sandbox: string, region: string, gitops: string, context: Context): TrialWorld {
  const { host, signal, emit } = context;
  const { clock } = host;
  const place = async () => {
    const [only] = await context.places();
    if (only === undefined) throw new Error("the sandbox has a region");
    return only;
  };
  return {
    region,
    now: clock.now,
    command: async (line) => {
      emit({ type: "note", level: "info", text: `  fault: ${line}` });
      const { file, args } = commandOf(line, sandbox, region, host.self);
      const env = { ...host.env, GITOPS_REPOSITORY: gitops };
      const { exit: code, output } = await host.run({
        file,
        args,
        cwd: host.cwd,
        env,
        onLine: () => undefined,
        signal,
      });
      if (code === 0) return;
      throw new AppError(
        "RUNBOOK_TRIAL_FAILED",
        `${line}: exit code ${code ?? "none"}: ${output.trim().split("\n").at(-1)}`,
      );
    },
    awaitFinding: (check, runbook) =>
      poll({
        look: async () => {
          const { places } = await examinePlaces(
            healthChecks,
            { only: [], skip: [], meshExpected: true, isFirst: false },
            context,
          );
          const findings = places.flatMap((examined) => examined.findings);
          const found = findings.find(
            ({ id, severity, cause }) =>
              id === check && cause === undefined && severity !== "ok" && severity !== "skip",
          );
          if (found === undefined) return { waiting: `no finding of ${check}` };
          const named = runbookFor(found.id, await allRunbooks(context));
          return named?.id === runbook
            ? { found }
            : { waiting: `the finding of ${check} names ${named?.id ?? "no runbook"}` };
        },
        tolerates: gotNoAnswer,
        patienceMs,
        firstPauseMs,
        longestPauseMs,
        report: (waiting) => emit({ type: "note", level: "debug", text: waiting }),
        late: (waiting) => new AppError("RUNBOOK_TRIAL_FAILED", `After the fault: ${waiting}.`),
        clock,
        signal,
      }),
    run: async (runbook, finding, inputs, person, beforeStep) => {
      const sources = {
        given: Object.entries(inputs).map(([name, value]) => `${name}=${value}`),
        found: finding === undefined ? new Map<string, string>() : valuesOf(finding, runbook.inputs),
        region,
        env: host.env,
        ask: undefined,
      };
      const { values, secrets } = await prepare(runbook, sources);
      const file = newRun(runbook, undefined, clock.now());
      return withJournal(await context.journals(), file.journal, { clock, signal }, async (journal, held) => {
        const folder = await (await context.runs()).create(file.run);
        await writeRun(folder, file, runbook.source);
        const world = { ...(await worldOf(folder, secrets, context)), person, beforeStep };
        const begun = await beginRun(journal, file.run, {
          runbook: runbook.id,
          author: `${world.author} (test)`,
          ...(finding === undefined ? {} : { finding: findingName(finding) }),
        });
        const known = new Map([...values, ["evidence", folder.path]]);
        return runRunbook(runbook, begun, known, { yes: false, undo: false }, world, held);
      });
    },
    awaitPass: async (patterns) => {
      const gate = checksGate(patterns, await place(), undefined, context);
      const begun = clock.now();
      for (;;) {
        const answer = await gate.evaluate(signal);
        if (answer.answer === "pass" || clock.now() - begun > patienceMs) return answer;
        await clock.sleep(longestPauseMs, signal);
      }
    },
  };
}

/** A line of a test: `shell: …`, `kubectl …`, or a command of gennet. */
function commandOf(
  line: string,
  sandbox: string,
  region: string,
  [program, ...first]: Context["host"]["self"],
): { readonly file: string; readonly args: readonly string[] } {
  if (line.startsWith("shell:")) return { file: "sh", args: ["-euc", line.slice("shell:".length).trim()] };
  const words = splitWords(line).map((word) => word.filter((part) => typeof part === "string").join(""));
  if (words[0] === "kubectl") return { file: "kubectl", args: ["--context", region, ...words.slice(1)] };
  const isPlaced = words[0] === "sandbox" && words[2] !== "region" && !words.includes("--region");
  return {
    file: program,
    args: [
      ...first,
      ...words,
      ...(words[0] === "sandbox" ? ["--name", sandbox] : []),
      ...(isPlaced ? ["--region", region] : []),
    ],
  };
}
