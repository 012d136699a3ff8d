import * as z from "zod";
import { arnOf, supportSchema } from "./schema-parts.ts";

/** The control plane of a region. */
export const kubernetesSchema = z.strictObject({
  version: z
    .string()
    .regex(/^1\.\d+$/, 'a Kubernetes minor version such as "1.34"')
    .optional()
    .describe("Without one, the default version of EKS."),
  support: supportSchema,
  endpoint: z
    .strictObject({
      public: z.boolean().default(true),
      private: z.boolean().default(true),
      cidrs: z.array(z.cidrv4()).default(["0.0.0.0/0"]).describe("From where the public endpoint can be reached."),
    })
    .refine((endpoint) => endpoint.public || endpoint.private, "the endpoint to be public, private, or both")
    .prefault({}),
  logs: z
    .array(z.enum(["api", "audit", "authenticator", "controllerManager", "scheduler"]))
    .default(["api", "audit", "authenticator"]),
  administrators: z
    .array(arnOf("iam:", "an IAM user or role"))
    .optional()
    .describe("Who administers the cluster; without a list, the caller that creates it."),
  deletionProtection: z.boolean().default(true),
  zonalShift: z.boolean().default(true).describe("Whether AWS may move traffic away from an impaired zone."),
});
