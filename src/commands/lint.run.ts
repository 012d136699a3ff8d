import { resolve } from "node:path";
import packageFile from "../../package.json" with { type: "json" };
import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import { exitOf } from "../core/finding.ts";
import { envelope, type Outcome } from "../core/outcome.ts";
import { assertNamed } from "../core/run-checks.ts";
import { lintFacts } from "../lint/index.ts";
import type { LintReport } from "../lint/lint-report.ts";
import { lint } from "../lint/lint.ts";
import { readSources } from "../lint/source-files.ts";
import { findingLines, tally } from "../view/findings.ts";
import type { Reported } from "../view/report.ts";
import { githubAnnotations } from "../view/report-github.ts";
import { junit } from "../view/report-junit.ts";
import { markdown } from "../view/report-markdown.ts";
import { sarif } from "../view/report-sarif.ts";
import type { LintInput } from "./lint.ts";

const formats = { sarif, junit, github: githubAnnotations, markdown };

interface Wanted {
  readonly format: keyof typeof formats | "json";
  readonly path: string;
}

export async function run(input: LintInput, context: Context): Promise<Outcome<LintReport>> {
  assertNamed(lintFacts, [...input.only, ...input.skip]);
  const { host, signal, options } = context;
  const wanted = input.report.map((text) => toWanted(text, options.output));
  const path = input.path ?? ".";
  const now = host.clock.now();
  const linted = lint(await readSources(host.cwd, path, signal), { only: input.only, skip: input.skip }, now);
  const report: LintReport = { kind: "LintReport", generatedAt: new Date(now).toISOString(), path, ...linted };
  for (const each of wanted) await write(each, report, context);
  return { exit: exitOf(report.findings, input.strict), document: report };
}

function toWanted(text: string, output: string): Wanted {
  const [format = "", ...rest] = text.split("=");
  const path = rest.join("=");
  const known = [...Object.keys(formats), "json"];
  if (!known.includes(format) || path === "") {
    throw new AppError("USAGE_INVALID", `--report: "${text}" is not FMT=PATH.`, {
      next: [`FMT is one of ${known.join(", ")}: --report sarif=lint.sarif`],
    });
  }
  const isText = output === "table" || output === "wide";
  if (path === "-" && (format !== "github" || !isText)) {
    throw new AppError(
      "USAGE_INVALID",
      `--report ${text}: only github annotations go beside the table on standard output.`,
      {
        next: [`--report ${format}=FILE`, "-o json   is the answer itself as JSON"],
      },
    );
  }
  return { format: format as Wanted["format"], path };
}

async function write({ format, path }: Wanted, report: LintReport, { host }: Context): Promise<void> {
  const reported: Reported = { findings: report.findings, rules: lintFacts, version: packageFile.version };
  const content = format === "json" ? `${JSON.stringify(envelope(report), null, 2)}\n` : formats[format](reported);
  if (path === "-") return host.stdout.write(content);
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(resolve(host.cwd, path), content).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new AppError("LINT_REPORT_UNWRITABLE", `The report ${path} cannot be written: ${code}.`, {
      next: [`--report ${format}=PATH   in a folder that exists`],
      cause: error,
    });
  });
}

export function present(report: LintReport, view: TextView): string {
  const shown = report.findings.filter(({ severity }) => view.wide || severity !== "skip");
  const files = [...new Set(shown.map(({ location }) => location.file))];
  const sections = files.flatMap((file) => [
    view.paint("strong", file),
    ...shown
      .filter(({ location }) => location.file === file)
      .flatMap((finding) => {
        const { line, column } = finding.location;
        const [says = "", ...more] = findingLines(finding, view);
        return [`  ${`${line}:${column}`.padEnd(7)} ${says}`, ...more.map((each) => `          ${each}`)];
      }),
    "",
  ]);
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined).length;
  const read = `${report.objects} objects in ${report.files} files`;
  const counted = tally(report.findings, view.paint);
  return [
    ...sections,
    [counted || view.paint("good", "clean"), read, ...(waived > 0 ? [`${waived} waived`] : [])].join(", "),
  ].join("\n");
}
