import type { Context } from "../../context.ts";
import type { Check } from "../../core/check.ts";
import type { TextView } from "../../core/command.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed } from "../../core/run-checks.ts";
import type { HealthContext } from "../../health/health-context.ts";
import { closing } from "../../view/findings.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { table } from "../../view/table.ts";
import { recording, replaying } from "./bundle.run.ts";
import type { CheckInput } from "./flags.ts";
import { type ExaminedPlaces, examinePlaces } from "./examine-places.run.ts";
import { withRunbooks } from "../runbook/runbook-hints.run.ts";
import { type Report, untilHealthy } from "./until-healthy.run.ts";
import { healthFormats, wantedReports, writeReports } from "./write-reports.run.ts";

interface Question<D extends Report> {
  readonly checks: readonly Check<HealthContext>[];
  /** True for commands that only check the mesh. */
  readonly meshExpected: boolean;
  /** Builds the answer from the findings. */
  readonly describe: (examined: ExaminedPlaces, findings: readonly Finding[]) => D;
}

/** Returns the `run` function of a command that runs checks in every region. */
export function askRegions<D extends Report>({ checks, meshExpected, describe }: Question<D>) {
  return async (input: CheckInput, context: Context): Promise<Outcome<D>> => {
    assertNamed(checks, [...input.only, ...input.skip]);
    const wanted = wantedReports(input.report, healthFormats, context.options.output);
    const source = input.from === undefined ? context : await replaying(input.from, context);
    const kept = input.bundle === undefined ? undefined : recording(source);
    const look = async (isFirst: boolean): Promise<Outcome<D>> => {
      kept?.begin();
      const examined = await examinePlaces(checks, { ...input, meshExpected, isFirst }, kept?.context ?? source);
      const findings = await withRunbooks(
        examined.places.flatMap((place) => place.findings),
        source,
      );
      return { exit: exitOf(findings, input.strict), document: describe(examined, findings) };
    };
    const outcome = await untilHealthy(look, input.wait, context);
    if (input.bundle !== undefined) await kept?.write(input.bundle);
    await writeReports(wanted, outcome.document, checks, context);
    return outcome;
  };
}

/** Shows `head` first, then each region's own part. */
export function presentRegions(
  { regions, findings }: Report & { readonly regions: readonly { readonly name: string }[] },
  first: readonly string[],
  view: TextView,
): string {
  const names = regions.map(({ name }) => name);
  return [...first, ...regionFindingLines(names, findings, view), "", closing(findings, view)].join("\n");
}

/**
 * Shows a region's name above its tables. The first row of each table is its header; a table without further rows is
 * left out.
 */
export function section(name: string, tables: readonly (readonly (readonly string[])[])[], view: TextView): string[] {
  const filled = tables.filter(({ length }) => length > 1).map(([head = [], ...rows]) => table(head, rows, view));
  return filled.length === 0 ? [] : ["", view.paint("strong", name), filled.join("\n\n")];
}
