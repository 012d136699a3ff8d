import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { withJournal } from "../../core/journal.ts";
import { poll } from "../../core/poll.ts";
import { beginRun } from "../../core/run.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { healthChecks } from "../../health/index.ts";
import { nameStoreChecks } from "../../health/stores/store-checks.ts";
import { findingName, runbookFor, valuesOf } from "../../runbooks/finding-values.ts";
import { splitWords } from "../../runbooks/format/words.ts";
import { prepare } from "../../runbooks/prepare.ts";
import { newRun, writeRun } from "../../runbooks/record/run-files.ts";
import { runRunbook } from "../../runbooks/run/run-runbook.ts";
import type { TrialWorld } from "../../runbooks/trial/trial-world.ts";
import { checksGate } from "../check/checks-gate.run.ts";
import { examinePlaces } from "../check/examine-places.run.ts";
import { allRunbooks } from "./library.run.ts";
import { worldOf } from "./runbook-world.run.ts";

const patienceMs = 10 * 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/** Tries runbooks in a region of a sandbox. */
export function trialWorld(sandbox: string, region: string, gitops: string, context: Context): TrialWorld {
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
            { only: [], skip: [], meshExpected: true, isFirst: false, probe: nameStoreChecks([check]) },
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
      const file = newRun(runbook, undefined, [], clock.now());
      return withJournal(await context.journals(), file.journal, { clock, signal }, async (journal, held) => {
        const folder = await (await context.runs()).create(file.run);
        await writeRun(folder, file, runbook.source);
        const world = { ...(await worldOf(folder, secrets, context)), person, beforeStep };
        const begun = await beginRun(journal, file.run, {
          runbook: runbook.id,
          author: `${world.author} (test)`,
          ...(finding === undefined ? {} : { finding: findingName(finding) }),
        });
        const known = new Map([...values, ["evidence", folder.evidence]]);
        const ended = await runRunbook(runbook, begun, known, { yes: false, undo: false }, world, held);
        return { ...ended, run: file.run };
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
