import * as z from "zod";
import { namespaceHolder } from "../core/reserved-namespaces.ts";
import { capabilitySchema } from "./capability-schema.ts";
import { componentsSchema } from "./components-schema.ts";
import { kubernetesSchema } from "./kubernetes-schema.ts";
import { networkSchema } from "./network-schema.ts";
import { nodesSchema } from "./nodes-schema.ts";
import { arnOf } from "./schema-parts.ts";
import { storesSchema } from "./stores-schema.ts";

const dnsLabel = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label: lower-case letters, digits and dashes, at most 63");

const platformName = dnsLabel.refine((name) => namespaceHolder(name) === undefined, {
  error: ({ input }) => {
    const name = String(input);
    return `a name that is available as a namespace (${name} is used by ${namespaceHolder(name)})`;
  },
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
  network: networkSchema,
  nodes: nodesSchema,
  database: z
    .string()
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    .regex(/^[a-z](-?[a-z0-9]){0,62}$/, "the identifier of a DB instance, such as orders-production")
    .optional()
    .describe("An RDS for PostgreSQL instance that exists, in place of the one that stores.postgres would create."),
  encryptionKey: z
    .string()
    .regex(
      /^((arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:)?alias\/[\w/-]+|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/.+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
      "the ARN, id or alias of a KMS key",
    )
    .optional()
    .describe("A KMS key that exists, for everything in this region; without one, gennet creates a key."),
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
      argocd: z
        .enum(["managed", "capability", "external"])
        .default("managed")
        .describe(
          "Where Argo CD comes from, if there is a `platform`: gennet installs it in every cluster, EKS runs it, or the team does.",
        ),
      capability: capabilitySchema.optional().describe("What EKS needs to run Argo CD, with argocd: capability."),
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
  rolePath: z
    .string()
    .max(512)
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    .regex(/^\/([!-.0-~]+\/)*$/, "the path of IAM roles, such as /platform/")
    .default("/")
    .describe("The path of every role that gennet creates; a role keeps its path."),
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
  platform: componentsSchema
    .optional()
    .describe("What runs in every cluster beside the services; without it, clusters are left empty."),
  regions: z.array(regionSchema).min(1),
});

export type Platform = z.output<typeof platformSchema>;
export type Region = Platform["regions"][number];
