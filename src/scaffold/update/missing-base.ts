import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { ServiceRecord } from "./record.ts";

/** The error for a service that was scaffolded before gennet kept the base. */
export function baseMissing(shown: string, { template, version }: ServiceRecord): AppError {
  return new AppError("SCAFFOLD_BASE_MISSING", `${shown} has no .gennet/base.json: it is older than that file.`, {
    next: [
      `${shell`gennet service update --base ${shown}`}  # writes it, with a gennet that has ${template} ${version}`,
    ],
  });
}
