import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { shell } from "../../core/shell-words.ts";
import { healthChecks } from "../../health/index.ts";
import { canAsk } from "../../host/ask.ts";
import { findingName, valuesOf } from "../../runbooks/finding-values.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import type { InputSources } from "../../runbooks/prepare.ts";
import { inputProblem } from "../../runbooks/values.ts";
import { examinePlaces } from "../check/examine-places.run.ts";
import type { RunbookRunInput } from "./run.ts";

/** Returns where the inputs of a run come from, and the finding that it begins with. */
export async function sourcesOf(
  { inputs }: Runbook,
  { input, fromFinding }: Pick<RunbookRunInput, "input" | "fromFinding">,
  context: Context,
): Promise<{ readonly sources: InputSources; readonly finding: Finding | undefined }> {
  const finding = fromFinding === undefined ? undefined : await findFinding(fromFinding, context);
  const { host, options, signal } = context;
  const [region, ...others] = [...options.context, ...options.region];
  const sources: InputSources = {
    given: input,
    found: finding === undefined ? new Map() : valuesOf(finding, inputs),
    region: others.length > 0 ? undefined : (region ?? (await onlyRegion(context))),
    // An empty variable is not a value.
    env: Object.fromEntries(Object.entries(host.env).filter(([, value]) => value !== "")),
    ask: canAsk(context)
      ? async (name, { summary, secret, default: preset, choices, ...rest }) => {
          const message = `${name} (${summary})`;
          const prompts = await host.prompts();
          if (secret) return prompts.secret({ message }, signal);
          if (choices !== undefined)
            return prompts.choice({ message, choices: choices.map((value) => ({ value })) }, signal);
          const problem = (text: string): string | undefined =>
            inputProblem({ summary, secret, default: preset, choices, ...rest }, text);
          return prompts.text({ message, problem, ...(preset === undefined ? {} : { fallback: preset }) }, signal);
        }
      : undefined,
  };
  return { sources, finding };
}

/** Runs the check of a finding again, and returns the finding. Throws RUNBOOK_FINDING_GONE. */
async function findFinding(named: string, context: Context): Promise<Finding> {
  const [check = ""] = named.split(":");
  assertNamed(healthChecks, [check]);
  const { places } = await examinePlaces(
    healthChecks,
    { only: [check], skip: [], meshExpected: false, isFirst: false },
    context,
  );
  const findings = places
    .flatMap((place) => place.findings)
    .filter(({ id, severity }) => id === check && severity !== "ok" && severity !== "skip");
  const found = findings.find((finding) => findingName(finding) === named);
  if (found !== undefined) return found;
  throw new AppError("RUNBOOK_FINDING_GONE", `The check ${check} does not report the finding ${named} any more.`, {
    next: [
      ...findings.slice(0, 5).map((finding) => `${findingName(finding)}: ${finding.subject}: ${finding.summary}`),
      shell`gennet status --only ${check}`,
    ],
  });
}

async function onlyRegion(context: Context): Promise<string | undefined> {
  try {
    const { regions } = await context.platform();
    return regions.length === 1 ? regions[0]?.name : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND") return undefined;
    throw error;
  }
}
