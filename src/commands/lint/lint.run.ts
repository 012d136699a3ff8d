import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { counted } from "../../core/enumerate.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { lintFacts } from "../../lint/index.ts";
import type { LintReport } from "../../lint/lint-report.ts";
import { isAsked } from "../../lint/judge.ts";
import { lintReportOf } from "../../lint/lint.ts";
import { readTree } from "../../lint/read-tree.ts";
import { findCachedProgram } from "../../../sandbox/src/programs/find-programs.ts";
import { findingLines, tally } from "../../view/findings.ts";
import type { LintInput } from "./lint.ts";
import { wantedReports, writeReports } from "../check/write-reports.run.ts";

const formats = ["sarif", "junit", "github", "markdown", "json"] as const;

export async function run(input: LintInput, context: Context): Promise<Outcome<LintReport>> {
  assertNamed(lintFacts, [...input.only, ...input.skip]);
  const { host, signal, options } = context;
  const wanted = wantedReports(input.report, formats, options.output);
  const path = input.path ?? ".";
  const now = host.clock.now();
  const kustomize = await context.kustomize(() => findCachedProgram({ host }, "kustomize"));
  const read = await readTree({ cwd: host.cwd, path, kustomize, signal });
  const linted = lintReportOf(read, { only: input.only, skip: input.skip }, now);
  const report: LintReport = { kind: "LintReport", generatedAt: new Date(now).toISOString(), path, ...linted };
  // A skipped rule found nothing, but that is not a pass.
  const asked = lintFacts.filter(
    ({ id }) => isAsked(input, id) || report.findings.some((finding) => finding.id === id),
  );
  await writeReports(wanted, report, asked, context);
  return { exit: exitOf(report.findings, input.strict), document: report };
}

export function present(report: LintReport, view: TextView): string {
  const shown = report.findings.filter(({ severity }) => view.wide || severity !== "skip");
  const files = [...new Set(shown.map(({ location }) => location.file))];
  const sections = files.flatMap((file) => [
    view.paint("strong", file),
    ...shown
      .filter(({ location }) => location.file === file)
      .flatMap((finding) => {
        const { line, column = 1 } = finding.location;
        const [says = "", ...more] = findingLines(finding, view);
        return [
          `  ${(line === undefined ? "" : `${line}:${column}`).padEnd(7)} ${says}`,
          ...more.map((each) => `          ${each}`),
        ];
      }),
    "",
  ]);
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined).length;
  const unread = report.unread === 0 ? "" : `, ${report.unread} of them unreadable`;
  const read = `${counted(report.objects, "object")} in ${counted(report.files, "file")}${unread}`;
  const found = tally(report.findings, view.paint);
  return [
    ...sections,
    [found || view.paint("good", "clean"), read, ...(waived > 0 ? [`${waived} waived`] : [])].join(", "),
  ].join("\n");
}
