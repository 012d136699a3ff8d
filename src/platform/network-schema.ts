import * as z from "zod";
import { isBetween } from "./schema-parts.ts";

/** The network of a region. */
export const networkSchema = z
  .strictObject({
    // What a VPC can have; whether that is enough for the zones and nodes is computed in across-regions.ts.
    cidr: z
      .cidrv4({ error: "an IPv4 range such as 10.0.0.0/16", abort: true })
      .refine((cidr) => isBetween(16, Number(cidr.split("/")[1]), 28), "an IPv4 range of /16 to /28")
      .default("10.0.0.0/16"),
    zones: z
      .union([
        z.int().min(2).max(4),
        z
          .array(z.string().regex(/^[a-z0-9]+-az\d+$/, "the id of a zone, such as euw1-az1"))
          .min(2)
          .max(4)
          .refine((all) => new Set(all).size === all.length, "different zones"),
      ])
      .default(3)
      .describe("How many availability zones, or their ids, such as euw1-az1: letters differ between accounts."),
    nat: z
      .enum(["none", "one", "zonal", "regional"])
      .default("one")
      .describe("How private subnets reach the internet: one NAT gateway, one per zone, or a regional one."),
    flowLogs: z.boolean().default(true).describe("Whether rejected traffic is logged, for 30 days."),
    endpoints: z
      .array(z.string().regex(/^[a-z0-9.-]+$/, "the name of a service, such as ecr.api"))
      .refine((all) => new Set(all).size === all.length, "different services")
      .default([])
      .describe("AWS services that are reached without the internet; S3 always is, because that is free."),
  })
  .prefault({});
