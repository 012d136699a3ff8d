import { AppError } from "../core/error.ts";
import type { Template } from "./template.ts";

/** Throws SCAFFOLD_FEATURE_UNKNOWN for a feature that the template does not declare, or one that is named twice. */
export function checkFeatures(template: Template, features: readonly string[]): void {
  const known = Object.entries(template.features ?? {});
  for (const [index, name] of features.entries()) {
    const isKnown = known.some(([key]) => key === name);
    if (isKnown && features.indexOf(name) === index) continue;
    const problem = isKnown ? "it is named twice" : `${template.name} does not have it`;
    throw new AppError("SCAFFOLD_FEATURE_UNKNOWN", `The feature ${JSON.stringify(name)} is invalid: ${problem}.`, {
      next: known.map(([key, says]) => `${key}: ${says}`),
    });
  }
}
