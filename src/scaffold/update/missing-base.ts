import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { ServiceRecord } from "./record.ts";

/** Returns the error for a service that was made before gennet recorded a base. */
export function baseMissing(shown: string, { template, version }: ServiceRecord): AppError {
  return new AppError(
    "SCAFFOLD_BASE_MISSING",
    `${shown} has no .gennet/base.json, because it was made by an older gennet.`,
    {
      next: [
        `${shell`gennet service update --base ${shown}`}  # creates it; requires a gennet with ${template} ${version}`,
      ],
    },
  );
}
