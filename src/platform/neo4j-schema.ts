import * as z from "zod";

/** The sizes of each region's Neo4j. */
export const neo4jSchema = z.strictObject({
  memoryGb: z
    .int()
    .min(2)
    .max(512)
    .default(2)
    .describe("The memory of its pod: half is for the heap, and a quarter for the page cache."),
  storageGb: z.int().min(10).max(16_384).default(20).describe("The size of its volume, which can only grow."),
});
