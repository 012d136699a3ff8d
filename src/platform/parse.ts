import { satisfies, validRange } from "semver";
import { isAlias, LineCounter, parseDocument, visit, type Document } from "yaml";
import packageFile from "../../package.json" with { type: "json" };
import { AppError } from "../core/error.ts";
import { field } from "../core/fields.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { expectation } from "./expectation.ts";
import { platformSchema, type Platform } from "./schema.ts";
import { type At, syntaxProblems } from "./yaml-problems.ts";

/** Supports merge keys (`<<: *anchor`), which are common in Compose and CI files. */
const reading = { merge: true, prettyErrors: false, logLevel: "error" } as const;

/**
 * Parses the text of a gennet.yaml. `shownAs` is the file's name in messages, `version` the version of gennet. Reports
 * every error as FILE:LINE:COLUMN, with what was expected there.
 */
export function parsePlatform(text: string, shownAs: string, version: string = packageFile.version): Platform {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...reading, lineCounter: lines });
  const at: At = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${shownAs}:${line}:${col}`;
  };
  const syntax = syntaxProblems(document, at);
  if (syntax.length > 0) throw invalid(syntax);
  // Checked first, because a file for a newer gennet may have keys that this version does not support.
  checkVersion(document, at, version);

  const values = plain(document, at);
  const result = platformSchema.safeParse(values);
  if (!result.success) {
    throw invalid(
      result.error.issues.flatMap((issue) => {
        const path = issue.path as (string | number)[];
        const where = path.length === 0 ? "the file" : path.join(".");
        if (issue.code !== "unrecognized_keys") {
          return [`${at(offsetOf(document, path))}: ${where}: ${expectation(issue, field(values, ...path))}`];
        }
        return issue.keys.map((key) => `${at(offsetOf(document, path, key))}: unknown key "${key}" in ${where}`);
      }),
    );
  }
  const doubled = duplicates(result.data, document, at);
  if (doubled.length > 0) throw invalid(doubled);
  return result.data;
}

/** Converts the document to plain data. The parser rejects aliases that expand without end. */
function plain(document: Document.Parsed, at: At): unknown {
  try {
    return document.toJS();
  } catch (error) {
    let first = 0;
    visit(document, (_, node) => {
      if (!isAlias(node)) return undefined;
      first = node.range?.[0] ?? 0;
      return visit.BREAK;
    });
    throw invalid([`${at(first)}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function checkVersion(document: Document, at: At, version: string): void {
  const wanted = document.getIn(["requires"]);
  if (typeof wanted !== "string") return;
  const where = at(offsetOf(document, ["requires"]));
  if (validRange(wanted) === null) throw invalid([`${where}: requires: expected a range of versions such as ">=0.1"`]);
  if (satisfies(version, wanted, { includePrerelease: true })) return;
  throw new AppError("CONFIG_REQUIRES_OTHER_VERSION", `${where}: requires gennet ${wanted}, but this is ${version}.`, {
    next: [`npm install --global "gennet@${wanted}"`, "gennet explain CONFIG_REQUIRES_OTHER_VERSION"],
  });
}

function duplicates(platform: Platform, document: Document, at: At): string[] {
  const seen = new Set<string>();
  return platform.regions.flatMap((region, index) => {
    if (!seen.has(region.name)) {
      seen.add(region.name);
      return [];
    }
    const where = at(offsetOf(document, ["regions", index, "name"]));
    return [`${where}: regions.${index}.name: expected a unique name, but "${region.name}" is already used`];
  });
}

function invalid(problems: readonly string[]): AppError {
  return new AppError("CONFIG_INVALID", problems.join("\n"), {
    next: ["gennet explain CONFIG_INVALID"],
  });
}
