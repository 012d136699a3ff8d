import { resolve } from "node:path";
import packageFile from "../../../package.json" with { type: "json" };
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { fileError } from "../../core/file-error.ts";
import { type Document, envelope } from "../../core/outcome.ts";
import { replaceFile } from "../../core/replace-file.ts";
import type { Reported } from "../../view/report.ts";
import { githubAnnotations } from "../../view/report-github.ts";
import { junit } from "../../view/report-junit.ts";
import { markdown } from "../../view/report-markdown.ts";
import { sarif } from "../../view/report-sarif.ts";
import { visible } from "../../core/visible.ts";

const formats = { sarif, junit, github: githubAnnotations, markdown };

type Format = keyof typeof formats | "json";

/** The formats for findings about regions. SARIF is missing because it describes findings in files. */
export const healthFormats = ["junit", "github", "markdown", "json"] as const satisfies readonly Format[];

/** A report requested with --report. */
export interface WantedReport {
  readonly format: Format;
  readonly path: string;
}

/** Parses `FMT=PATH`; `known` lists the formats that the command supports. */
export function wantedReports(
  texts: readonly string[],
  known: readonly Format[],
  output: string,
): readonly WantedReport[] {
  return texts.map((text) => toWanted(text, known, output));
}

function toWanted(text: string, known: readonly Format[], output: string): WantedReport {
  const [name = "", ...rest] = text.split("=");
  const path = rest.join("=");
  const format = known.find((each) => each === name);
  if (format === undefined || path === "") {
    throw new AppError("USAGE_INVALID", `--report: "${text}" is not of the form FMT=PATH.`, {
      next: [`Pass --report ${known[0]}=FILE; the formats are ${known.join(", ")}.`],
    });
  }
  const isText = output === "table" || output === "wide";
  if (path === "-" && (format !== "github" || !isText)) {
    throw new AppError(
      "USAGE_INVALID",
      `--report ${text}: only github annotations can share standard output with the table.`,
      {
        next: [
          `Pass --report ${format}=FILE to write it to a file.`,
          "Pass -o json to print the answer itself as JSON.",
        ],
      },
    );
  }
  return { format, path };
}

/** Writes the requested reports. Throws REPORT_UNWRITABLE. */
export async function writeReports(
  wanted: readonly WantedReport[],
  document: Document & Pick<Reported, "findings">,
  rules: Reported["rules"],
  { host }: Context,
): Promise<void> {
  const reported: Reported = { findings: document.findings, rules, version: packageFile.version };
  for (const { format, path } of wanted) {
    const content =
      format === "json" ? `${visible(JSON.stringify(envelope(document), null, 2))}\n` : formats[format](reported);
    if (path === "-") {
      host.stdout.write(content);
      continue;
    }
    await replaceFile(resolve(host.cwd, path), content).catch((error: unknown) => {
      throw fileError("REPORT_UNWRITABLE", "written", { path, shownAs: `The report ${path}` }, error);
    });
  }
}
