import * as z from "zod";
import { platformSchema } from "./schema.ts";

/** The JSON Schema of gennet.yaml as a person writes it: what has a default may be left out. */
export function platformFileSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(platformSchema, { io: "input", target: "draft-7" });
  return { $schema, title: "gennet.yaml", ...schema };
}
