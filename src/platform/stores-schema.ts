import * as z from "zod";
import { neo4jSchema } from "./neo4j-schema.ts";
import { neptuneSchema } from "./neptune-schema.ts";
import { supportSchema } from "./schema-parts.ts";

/** The data stores of the platform. Without a store's key, no region has one. */
export const storesSchema = z.strictObject({
  postgres: z
    .strictObject({
      version: z
        .string()
        .regex(/^\d+(\.\d+)?$/, 'a version such as "17"')
        .default("17"),
      instance: z.string().regex(/^db\./, "an instance class such as db.m7g.large").default("db.t4g.medium"),
      storageGb: z.int().min(20).max(65536).default(20),
      multiAz: z.boolean().default(true),
      backupDays: z.int().min(1).max(35).default(7),
      support: supportSchema,
      writes: z
        .enum(["forward", "read-only"])
        .default("read-only")
        .describe("What a region without the source does with writes: forward them to the source, or refuse them."),
      deletionProtection: z.boolean().default(true),
    })
    .optional(),
  redis: z
    .strictObject({
      engine: z.enum(["valkey", "redis"]).default("valkey"),
      version: z
        .string()
        .regex(/^\d+\.\d+$/, 'a version such as "8.0"')
        .default("8.0"),
      node: z
        .string()
        .regex(/^cache\./, "a node type such as cache.t4g.small")
        .default("cache.t4g.small"),
      replicas: z.int().min(0).max(5).default(1),
    })
    .optional(),
  graph: z
    .enum(["neptune", "neo4j", "none"])
    .default("none")
    .describe("The graph database of each region, which has its own data: nothing is replicated between regions."),
  neptune: neptuneSchema.prefault({}),
  neo4j: neo4jSchema.prefault({}),
});
