import { AppError } from "../../core/error.ts";
import { shippedTemplate } from "../shipped-template.ts";
import type { Template } from "../template.ts";

/**
 * Returns the template that a service uses. Throws SCAFFOLD_TEMPLATE_UNKNOWN if this installation does not include it.
 */
export async function installedTemplate(name: string): Promise<Template> {
  // Future templates may have other names, but an unknown name must not be used as a path on disk.
  if (name === "fastapi-service") return shippedTemplate(name);
  throw new AppError("SCAFFOLD_TEMPLATE_UNKNOWN", `The service uses the template "${name}".`, {
    next: ["This gennet includes only fastapi-service. Install the gennet that made the service, or a newer one."],
  });
}
