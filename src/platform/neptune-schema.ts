import * as z from "zod";

/** The sizes of each region's Neptune. */
export const neptuneSchema = z.strictObject({
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+\.\d+$/, 'a version such as "1.4.7.0"')
    .default("1.4.7.0"),
  instance: z.string().regex(/^db\./, "an instance class such as db.r6g.large").default("db.t4g.medium"),
  replicas: z.int().min(0).max(15).default(1),
  backupDays: z.int().min(1).max(35).default(7),
  deletionProtection: z.boolean().default(true),
});
