import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Runbook, StepKind } from "./format/runbook.ts";
import { regionOf } from "./run/step-command.ts";
import type { RunbookWorld } from "./run/world.ts";
import { filledText, type Values } from "./values.ts";

const programOf: Readonly<Partial<Record<StepKind, string>>> = { kubectl: "kubectl", aws: "aws", shell: "sh" };

/** Throws RUNBOOK_TOOL_MISSING with every program that is not installed. */
export async function assertTools(
  { steps, rights }: Runbook,
  find: (program: string) => Promise<string | undefined>,
): Promise<void> {
  const needed = steps.flatMap(({ kind }) => programOf[kind] ?? []);
  const programs = [...new Set(rights.length > 0 ? [...needed, "kubectl"] : needed)];
  const found = await Promise.all(
    programs.map(async (program) => ((await find(program)) === undefined ? [program] : [])),
  );
  const missing = found.flat();
  if (missing.length === 0) return;
  throw new AppError("RUNBOOK_TOOL_MISSING", `Not on the PATH: ${missing.join(", ")}.`, {
    next: missing.map((program) => `Install ${program}, then run the same command again.`),
  });
}

/**
 * Asks the API server for every permission that the runbook lists. Throws RUNBOOK_RIGHT_MISSING with the missing ones.
 * An API server that does not answer is no reason to stop: a runbook may be about that.
 */
export async function assertRights(
  runbook: Runbook,
  values: Values,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<void> {
  const region = regionOf(runbook, values);
  if (region === undefined || runbook.rights.length === 0) return;
  const { context } = world.placeOf(region);
  const answers = await Promise.all(
    runbook.rights.map(async ({ verb, resource, namespace }) => {
      const where = namespace === undefined ? ["--all-namespaces"] : ["--namespace", filledText(namespace, values)];
      const args = ["--context", context, "auth", "can-i", verb, resource, ...where];
      const { stdout, exit } = await world.run({ program: "kubectl", args, env: {} }, () => undefined, signal);
      const isNo = exit !== 0 && stdout.trim().startsWith("no");
      if (exit !== 0 && !isNo)
        world.say(`? cannot tell whether you may ${verb} ${resource}: the API server did not answer`);
      return isNo ? [{ command: shell`kubectl ${args}`, what: `${verb} ${resource}` }] : [];
    }),
  );
  const missing = answers.flat();
  if (missing.length === 0) return;
  throw new AppError(
    "RUNBOOK_RIGHT_MISSING",
    `In ${region}, you may not ${missing.map(({ what }) => what).join(", ")}.`,
    {
      next: missing.map(({ command }) => command),
    },
  );
}
