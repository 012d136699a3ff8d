import { satisfies, validRange } from "semver";
import type { Document } from "yaml";
import packageFile from "../../package.json" with { type: "json" };
import { AppError } from "../core/error.ts";
import type { Path } from "../core/fields.ts";
import { parseValid, YamlProblems } from "../core/valid-yaml.ts";
import { offsetOf } from "../core/yaml-position.ts";
import type { At } from "../core/yaml-problems.ts";
import { conflicts } from "./across-regions.ts";
import { givenMisfits } from "./given.ts";
import { platformSchema, type Platform } from "./schema.ts";
import { unusedMisfits } from "./unused-keys.ts";

/**
 * Parses the text of a gennet.yaml. `shownAs` is the file's name in messages, `version` the version of gennet. Throws
 * CONFIG_INVALID with every error as FILE:LINE:COLUMN, and what was expected there.
 */
export function parsePlatform(text: string, shownAs: string, version: string = packageFile.version): Platform {
  try {
    // Checked first, because a file for a newer gennet may have keys that this version does not support.
    const { data, document, at } = parseValid({ text, shownAs }, platformSchema, (read, where) =>
      checkVersion(read, where, version),
    );
    const isWritten = (path: Path): boolean => document.hasIn(path);
    const misfits = [...conflicts(data), ...givenMisfits(data, isWritten), ...unusedMisfits(data, isWritten)].map(
      ({ path, says }) => `${at(offsetOf(document, path))}: ${path.join(".")}: ${says}`,
    );
    if (misfits.length > 0) throw invalid(misfits);
    return data;
  } catch (error) {
    if (error instanceof YamlProblems) throw invalid(error.problems);
    throw error;
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

function invalid(problems: readonly string[]): AppError {
  return new AppError("CONFIG_INVALID", problems.join("\n"), {
    next: ["gennet explain CONFIG_INVALID"],
  });
}
