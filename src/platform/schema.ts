import * as z from "zod";
import { namespaceHolder } from "../core/reserved-namespaces.ts";

const dnsLabel = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label: lower-case letters, digits and dashes, at most 63");

const platformName = dnsLabel.refine((name) => namespaceHolder(name) === undefined, {
  error: ({ input }) => {
    const name = String(input);
    return `a name that is available as a namespace (${name} is used by ${namespaceHolder(name)})`;
  },
});

function isBetween(least: number, value: number, most: number): boolean {
  return least <= value && value <= most;
}

const arnOf = (service: string, what: string): z.ZodString =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:.+$`), `the ARN of ${what}`);

/** What happens when a version's standard support ends: a forced upgrade, or extended support, which costs more. */
const supportSchema = z.enum(["standard", "extended"]).default("extended");

const kubernetesSchema = z.strictObject({
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

const regionSchema = z.strictObject({
  name: dnsLabel.describe("The name to use with --region; two regions may share an AWS region."),
  awsRegion: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "an AWS region such as eu-west-1"),
  accountId: z.string().regex(/^\d{12}$/, "an AWS account ID of 12 digits"),
  profile: z
    .string()
    .min(1)
    .optional()
    .describe("The AWS profile to use; without one, the SDK's default credential chain."),
  roleArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, "the ARN of an IAM role")
    .optional()
    .describe("The IAM role to assume for everything in this region."),
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "an EKS cluster name"),
  context: z
    .string()
    .min(1)
    .optional()
    .describe("The kubeconfig context of the cluster; without one, gennet uses DescribeCluster and an EKS token."),
  kubernetesVersion: z
    .string()
    .regex(/^1\.\d+$/, 'a Kubernetes minor version such as "1.34"')
    .optional()
    .describe("An older spelling of kubernetes.version."),
  wave: z.int().min(1).optional().describe("Changes are rolled out to regions by wave, lowest first."),
  primary: z.boolean().optional(),
  kubernetes: kubernetesSchema.prefault({}),
  network: z
    .strictObject({
      // A VPC has /16 to /28, and its subnets are eighths of it, with at least /28.
      cidr: z
        .cidrv4({ error: "an IPv4 range such as 10.0.0.0/16", abort: true })
        .refine((cidr) => isBetween(16, Number(cidr.split("/")[1]), 25), "an IPv4 range of /16 to /25")
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
    .prefault({}),
  nodes: z
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
      repair: z.boolean().default(true).describe("Whether EKS replaces nodes that stay unhealthy."),
      min: z.int().min(1).default(2),
      desired: z.int().min(1).default(3),
      max: z.int().min(1).default(6),
    })
    .refine(
      ({ min, desired, max }) => isBetween(min, desired, max),
      "min to be at most desired, and desired at most max",
    )
    .prefault({}),
  encryptionKey: z
    .string()
    .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/.+$/, "the ARN of a KMS key")
    .optional()
    .describe("The KMS key for everything in this region; without one, gennet creates a key."),
});

/** The data stores of the platform. Without a store's key, no region has one. */
const storesSchema = z.strictObject({
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
});

/** gennet.yaml. Rejects unknown keys, because a misspelt key must not be silently ignored. */
export const platformSchema = z.strictObject({
  name: platformName.describe(
    "The name of the platform and its namespace; gennet uses it to prefix and tag resources.",
  ),
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "a domain name such as acme.example"),
  requires: z.string().min(1).optional().describe('The versions of gennet that this file supports, such as ">=0.1".'),
  gitops: z
    .strictObject({
      repository: z.string().min(1).describe("The Git repository that Argo CD reads."),
      branch: z.string().min(1).default("main"),
    })
    .optional(),
  imageRegistry: z
    .string()
    .regex(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
      "a registry such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
    )
    .optional()
    .describe("Where images of services are pushed, without the service's name. Used for new services."),
  packageIndex: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]*$/, "a name such as acme")
        .describe(
          "The name of the index in uv: its credentials are UV_INDEX_NAME_USERNAME and UV_INDEX_NAME_PASSWORD.",
        ),
      url: z
        .string()
        // Rejects a login in the URL, because the file is shared.
        .regex(
          /^https?:\/\/[^\s@]+$/,
          "the URL of a simple index such as https://pypi.acme.example/simple/, without a login",
        ),
    })
    .optional()
    .describe("A Python package index that provides gennet-service-kit; without one, new services include its wheel."),
  istio: z
    .strictObject({
      revision: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "a revision or its tag, such as stable"),
    })
    .optional()
    .describe("The Istio revision for the namespaces of new services; without one, Istio's default."),
  permissionsBoundary: arnOf("iam:", "an IAM policy")
    .optional()
    .describe("The permissions boundary of every role that gennet creates."),
  state: z
    .enum(["local", "bucket"])
    .default("local")
    .describe("Where journals and leases are kept: on this machine, or in a bucket in each region."),
  stores: storesSchema.prefault({}),
  registry: z
    .strictObject({
      repositories: z.array(z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "the name of a repository")).default([]),
      replicate: z.boolean().default(true).describe("Whether pushed images are copied to every region."),
    })
    .optional()
    .describe("The ECR repositories of the platform, in its primary region."),
  hostedZone: z
    .string()
    .regex(/^(create|Z[A-Z0-9]+)$/, 'the id of a hosted zone, or "create"')
    .optional()
    .describe("The Route 53 zone of the domain."),
  regions: z.array(regionSchema).min(1),
});

export type Platform = z.output<typeof platformSchema>;
export type Region = Platform["regions"][number];
