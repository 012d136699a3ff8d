import { dirname, resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exactPlace, type LocatedFinding } from "../../core/finding.ts";
import { catalogFacts, catalogFinding } from "../../catalog/catalog-facts.ts";
import { catalogRoot } from "../../catalog/catalog-root.ts";
import type { CatalogService } from "../../catalog/catalog-service.ts";
import { type Catalog, readCatalog } from "../../catalog/catalog.ts";
import { readSmallFile } from "../../catalog/small-file.ts";
import { platformFile } from "../../platform/load.ts";
import { answersFile } from "../../scaffold/render.ts";
import { parseRecord } from "../../scaffold/update/record.ts";
import { findingLines } from "../../view/findings.ts";

/** The template and answers that gennet made a service from. */
export interface MadeBy {
  readonly template: string;
  readonly version: string;
  readonly features: readonly string[];
}

/** Opens the catalogue of the given folder or, by default, of gennet.yaml's folder, the Git repository or `start`. */
export async function openCatalog(context: Context, named: string | undefined, start?: string): Promise<Catalog> {
  const { host, options, signal } = context;
  const root =
    named !== undefined
      ? resolve(host.cwd, named)
      : options.config !== undefined
        ? dirname(resolve(host.cwd, options.config))
        : await catalogRoot(start ?? host.cwd, [platformFile, ".git"]);
  return readCatalog(root, host.cwd, signal);
}

/** Returns what gennet made a service from, according to the file next to its catalog-info.yaml. */
export async function madeBy(
  { name, path }: CatalogService,
  cwd: string,
): Promise<{ readonly made?: MadeBy; readonly findings: readonly LocatedFinding[] }> {
  const file = `${path}/${answersFile}`;
  const damaged = (summary: string): { findings: LocatedFinding[] } => ({
    findings: [catalogFinding(catalogFacts.record, `service ${name}`, summary, { file, line: 1, column: 1 })],
  });
  const content = await readSmallFile(resolve(cwd, file));
  if (content === undefined) return { findings: [] };
  if ("problem" in content) return damaged(`its ${answersFile} ${content.problem}`);
  try {
    const { template, version, answers } = parseRecord(content.text, path);
    // A file may declare several components; gennet made only one of them.
    if (answers.name !== name) return { findings: [] };
    return { made: { template, version, features: answers.features ?? [] }, findings: [] };
  } catch (error) {
    if (error instanceof AppError) return damaged(error.message);
    throw error;
  }
}

/** Shows findings with their locations. Skipped checks are shown in the wide format only. */
export function findingsText(findings: readonly LocatedFinding[], view: TextView): readonly string[] {
  const shown = findings.filter(({ severity }) => view.wide || severity !== "skip");
  if (shown.length === 0) return [];
  return [
    "",
    ...shown.flatMap((finding) => {
      const [says = "", ...more] = findingLines(finding, view);
      return [says, `    ${view.paint("dim", `at ${exactPlace(finding.location)}`)}`, ...more];
    }),
  ];
}
