import * as z from "zod";
import { isBetween } from "./schema-parts.ts";

/** The nodes of a region. */
export const nodesSchema = z
  .strictObject({
    mode: z
      .enum(["managed", "auto"])
      .default("managed")
      .describe("managed: a managed node group; auto: EKS Auto Mode chooses and replaces nodes."),
    instanceType: z.string().min(1).default("m7i.large"),
    diskGb: z.int().min(20).max(16384).default(50),
    labels: z.record(z.string(), z.string()).default({}),
    taints: z
      .array(
        z.strictObject({
          key: z.string().min(1),
          value: z.string().optional(),
          effect: z.enum(["NoSchedule", "NoExecute", "PreferNoSchedule"]),
        }),
      )
      .default([]),
    repair: z
      .boolean()
      .default(true)
      .describe(
        "Whether EKS replaces nodes that stay unhealthy; the add-on eks-node-monitoring-agent finds more of them.",
      ),
    min: z.int().min(1).default(2),
    desired: z.int().min(1).default(3),
    max: z.int().min(1).default(6),
  })
  .refine(({ min, desired, max }) => isBetween(min, desired, max), "min to be at most desired, and desired at most max")
  .prefault({});
