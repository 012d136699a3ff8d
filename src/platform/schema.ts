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
    .describe("Without one, the default version of EKS."),
  wave: z.int().min(1).optional().describe("Changes are rolled out to regions by wave, lowest first."),
  primary: z.boolean().optional(),
  network: z
    .strictObject({
      // A VPC has /16 to /28, and its subnets are eighths of it, with at least /28.
      cidr: z
        .cidrv4({ error: "an IPv4 range such as 10.0.0.0/16", abort: true })
        .refine((cidr) => isBetween(16, Number(cidr.split("/")[1]), 25), "an IPv4 range of /16 to /25")
        .default("10.0.0.0/16"),
      zones: z.int().min(2).max(4).default(3),
    })
    .prefault({}),
  nodes: z
    .strictObject({
      instanceType: z.string().min(1).default("m7i.large"),
      min: z.int().min(1).default(2),
      desired: z.int().min(1).default(3),
      max: z.int().min(1).default(6),
    })
    .refine(
      ({ min, desired, max }) => isBetween(min, desired, max),
      "min to be at most desired, and desired at most max",
    )
    .prefault({}),
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
  regions: z.array(regionSchema).min(1),
});

export type Platform = z.output<typeof platformSchema>;
export type Region = Platform["regions"][number];
