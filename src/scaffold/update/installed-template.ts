import { AppError } from "../../core/error.ts";
import { shippedTemplate } from "../shipped-template.ts";
import type { Template } from "../template.ts";

/** The template that a service names. Throws SCAFFOLD_TEMPLATE_UNKNOWN where this installation has none of its name. */
export async function installedTemplate(name: string): Promise<Template> {
  // What other templates there will be is not known here, but what is not one of them must not be looked for on the disk.
  if (name === "fastapi-service") return shippedTemplate(name);
  throw new AppError("SCAFFOLD_TEMPLATE_UNKNOWN", `The service follows the template "${name}".`, {
    next: ["This gennet has: fastapi-service. Install the gennet that made the service, or a newer one."],
  });
}
