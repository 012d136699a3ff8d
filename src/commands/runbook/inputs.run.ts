import type { Context } from "../../context.ts";
import type { Finding } from "../../core/finding.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { healthChecks } from "../../health/index.ts";
import { canAsk } from "../../host/ask.ts";
import { checkOf, findingGone, findingName, valuesOf } from "../../runbooks/finding-values.ts";
import { expectedValue } from "../../runbooks/format/expected-value.ts";
import type { Runbook, RunbookInput } from "../../runbooks/format/runbook.ts";
import type { InputSources } from "../../runbooks/prepare.ts";
import { examinePlaces } from "../check/examine-places.run.ts";
import { placesIfAny } from "./library.run.ts";
import type { RunbookRunInput } from "./run.ts";

/** Returns where the inputs of a run come from, and the finding that it begins with. */
export async function sourcesOf(
  { id, inputs }: Runbook,
  { id: named = id, input, fromFinding }: Pick<RunbookRunInput, "id" | "input" | "fromFinding">,
  context: Context,
): Promise<{ readonly sources: InputSources; readonly finding: Finding | undefined }> {
  const finding = fromFinding === undefined ? undefined : await findFinding(fromFinding, named, context);
  const { host, options } = context;
  const [region, ...others] = [...options.context, ...options.region];
  const sources: InputSources = {
    named,
    given: input,
    found: finding === undefined ? new Map() : valuesOf(finding, inputs),
    region: others.length > 0 ? undefined : (region ?? (await onlyRegion(context))),
    env: host.env,
    ask: canAsk(context) ? (name, wanted) => askFor(name, wanted, context) : undefined,
  };
  return { sources, finding };
}

/** Asks for an input; for a region, with those that there are. */
async function askFor(name: string, input: RunbookInput, context: Context): Promise<string> {
  const { host, signal } = context;
  const { summary, secret, default: preset, type } = input;
  const message = `${name} (${summary})`;
  const prompts = await host.prompts();
  if (secret) return prompts.secret({ message }, signal);
  const places = type === "region" ? (await placesIfAny(context)).map((place) => place.name) : [];
  const choices = input.choices ?? (places.length > 0 ? places : undefined);
  if (choices !== undefined) return prompts.choice({ message, choices: choices.map((value) => ({ value })) }, signal);
  const problem = (text: string): string | undefined => {
    const expected = expectedValue(input, text);
    return expected === undefined ? undefined : `expected ${expected}`;
  };
  return prompts.text({ message, problem, ...(preset === undefined ? {} : { fallback: preset }) }, signal);
}

/** Runs the check of a finding again, and returns the finding. Throws RUNBOOK_FINDING_GONE. */
async function findFinding(named: string, runbook: string, context: Context): Promise<Finding> {
  const check = checkOf(named);
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
  throw findingGone(named, runbook, findings);
}

async function onlyRegion(context: Context): Promise<string | undefined> {
  const [place, ...others] = await placesIfAny(context);
  return others.length > 0 ? undefined : place?.name;
}
