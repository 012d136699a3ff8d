import * as z from "zod";
import { platformSchema } from "./schema.ts";

/** The JSON Schema of gennet.yaml as users write it: fields with a default are optional. */
export function platformFileSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(platformSchema, { io: "input", target: "draft-7" });
  return { $schema, title: "gennet.yaml", ...schema };
}
