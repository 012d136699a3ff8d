import { shellWord } from "../../core/shell-words.ts";
import { variableOf } from "../format/check-values.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { filledWords, type Values } from "../values.ts";
import type { ProgramCall, RunbookWorld } from "./world.ts";

/** Returns the value of the input of type `region`, if the runbook has one. */
export function regionOf({ inputs }: Pick<Runbook, "inputs">, values: Values): string | undefined {
  const [name] = Object.entries(inputs).find(([, { type }]) => type === "region") ?? [];
  return name === undefined ? undefined : values.get(name);
}

/** Returns what a step runs. Values reach programs as whole arguments, and scripts as variables. */
export function callOf(
  step: RunbookStep,
  runbook: Pick<Runbook, "inputs">,
  values: Values,
  world: Pick<RunbookWorld, "placeOf" | "secrets">,
): ProgramCall {
  const region = regionOf(runbook, values);
  const place = region === undefined ? undefined : world.placeOf(region);
  const known = place === undefined ? values : new Map([...values, ["context", place.context]]);
  if (step.kind === "shell") {
    const shown = [...known].map(([name, value]) => [variableOf(name), value] as const);
    const hidden = [...world.secrets].map(([name, value]) => [variableOf(name), value.reveal()] as const);
    return { program: "sh", args: ["-euc", step.body], env: Object.fromEntries([...shown, ...hidden]) };
  }
  const args = filledWords(step.words, known);
  if (step.kind === "kubectl")
    return {
      program: "kubectl",
      args: [...(place === undefined ? [] : ["--context", place.context]), ...args],
      env: {},
    };
  if (step.kind === "gennet") {
    const isPlaced = step.allRegions || args.some((arg) => /^--(region|context)(=|$)/.test(arg));
    return { program: "gennet", args: isPlaced ? args : [...args, ...(place?.gennet ?? [])], env: {} };
  }
  return { program: "aws", args, env: {} };
}

/** Returns a call as a person would type it. */
export function shownCall(step: RunbookStep, { program, args }: ProgramCall): string {
  return step.kind === "shell" ? step.body : [program, ...args].map(shellWord).join(" ");
}
