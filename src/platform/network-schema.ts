import * as z from "zod";
import { isBetween } from "./schema-parts.ts";

const subnetId = z.string().regex(/^subnet-[0-9a-f]+$/, "the id of a subnet, such as subnet-0a1b2c3d4e5f60718");

/** The network of a region: one that gennet makes, or a VPC that exists. */
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
    vpc: z
      .string()
      .regex(/^vpc-[0-9a-f]+$/, "the id of a VPC, such as vpc-0a1b2c3d4e5f60718")
      .optional()
      .describe("A VPC that exists: gennet reads it and its subnets, and never changes them."),
    subnets: z
      .strictObject({
        private: z.array(subnetId).min(2).describe("For the cluster, nodes and databases, in two zones or more."),
        public: z.array(subnetId).default([]).describe("For load balancers that the internet reaches."),
      })
      .optional()
      .describe("The subnets of a VPC that exists."),
    flowLogs: z.boolean().default(true).describe("Whether rejected traffic is logged, for 30 days."),
    endpoints: z
      .array(z.string().regex(/^[a-z0-9.-]+$/, "the name of a service, such as ecr.api"))
      .refine((all) => new Set(all).size === all.length, "different services")
      .default([])
      .describe("AWS services that are reached without the internet; S3 always is, because that is free."),
  })
  .prefault({});
