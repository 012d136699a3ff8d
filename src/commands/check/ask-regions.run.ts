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
import { type Report, untilHealthy } from "./until-healthy.run.ts";
import { healthFormats, wantedReports, writeReports } from "./write-reports.run.ts";

interface Question<D extends Report> {
  readonly checks: readonly Check<HealthContext>[];
  /** The mesh is what is asked for. */
  readonly meshExpected: boolean;
  /** Makes the answer of what was found. */
  readonly describe: (examined: ExaminedPlaces, findings: readonly Finding[]) => D;
}

/** The `run` of a command that asks checks about every region. */
export function askRegions<D extends Report>({ checks, meshExpected, describe }: Question<D>) {
  return async (input: CheckInput, context: Context): Promise<Outcome<D>> => {
    assertNamed(checks, [...input.only, ...input.skip]);
    const wanted = wantedReports(input.report, healthFormats, context.options.output);
    const source = input.from === undefined ? context : await replaying(input.from, context);
    const kept = input.bundle === undefined ? undefined : recording(source);
    const look = async (isFirst: boolean): Promise<Outcome<D>> => {
      kept?.begin();
      const examined = await examinePlaces(checks, { ...input, meshExpected, isFirst }, kept?.context ?? source);
      const findings = examined.places.flatMap((place) => place.findings);
      return { exit: exitOf(findings, input.strict), document: describe(examined, findings) };
    };
    const outcome = await untilHealthy(look, input.wait, context);
    if (input.bundle !== undefined) await kept?.write(input.bundle);
    await writeReports(wanted, outcome.document, checks, context);
    return outcome;
  };
}

/** What comes first, and then what there is to say about each region. */
export function presentRegions(
  { regions, findings }: Report & { readonly regions: readonly { readonly name: string }[] },
  first: readonly string[],
  view: TextView,
): string {
  const names = regions.map(({ name }) => name);
  return [...first, ...regionFindingLines(names, findings, view), "", closing(findings, view)].join("\n");
}

/** A region's name over its tables, each with its head as first row; nothing where they have no other rows. */
export function section(name: string, tables: readonly (readonly (readonly string[])[])[], view: TextView): string[] {
  const filled = tables.filter(({ length }) => length > 1).map(([head = [], ...rows]) => table(head, rows, view));
  return filled.length === 0 ? [] : ["", view.paint("strong", name), filled.join("\n\n")];
}
