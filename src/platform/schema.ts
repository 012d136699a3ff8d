import * as z from "zod";
import { namespaceHolder } from "../core/reserved-namespaces.ts";

const dnsLabel = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label: lower-case letters, digits and dashes, at most 63");

const platformName = dnsLabel.refine((name) => namespaceHolder(name) === undefined, {
  error: ({ input }) => {
    const name = String(input);
    return `a name that is free for a namespace (${name} is used by ${namespaceHolder(name)})`;
  },
});

const regionSchema = z.strictObject({
  name: dnsLabel.describe("The name by which --region calls it; two regions may share an AWS region."),
  awsRegion: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "an AWS region such as eu-west-1"),
  accountId: z.string().regex(/^\d{12}$/, "an AWS account id of 12 digits"),
  profile: z.string().min(1).optional().describe("The AWS profile to use; without one, the usual chain of the SDK."),
  roleArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, "an IAM role's ARN")
    .optional()
    .describe("The role to assume before anything is done in this region."),
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "an EKS cluster name"),
  context: z
    .string()
    .min(1)
    .optional()
    .describe("A kubeconfig context to reach the cluster by; without one, DescribeCluster and an EKS token."),
  kubernetesVersion: z
    .string()
    .regex(/^1\.\d+$/, 'a Kubernetes minor version such as "1.34"')
    .optional()
    .describe("Without one, the version that EKS names as its default."),
  wave: z.int().min(1).optional().describe("Changes reach regions wave by wave, lowest first."),
  primary: z.boolean().optional(),
  network: z
    .strictObject({
      cidr: z.cidrv4("an IPv4 range such as 10.0.0.0/16").default("10.0.0.0/16"),
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
    .prefault({}),
});

/** gennet.yaml. Unknown keys are refused: a misspelt one must not be silently without effect. */
export const platformSchema = z.strictObject({
  name: platformName.describe("The platform's name and namespace; it prefixes and tags what gennet creates."),
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "a domain name such as acme.example"),
  requires: z.string().min(1).optional().describe('The versions of gennet this file is for, such as ">=0.1".'),
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
    .describe("Where the images of services are pushed: a service's name is what follows. New services get it."),
  packageIndex: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]*$/, "a name such as acme")
        .describe("As uv calls it: its credentials are UV_INDEX_NAME_USERNAME and UV_INDEX_NAME_PASSWORD."),
      url: z
        .string()
        // Without a login: this file is for everyone.
        .regex(
          /^https?:\/\/[^\s@]+$/,
          "the address of a simple index such as https://pypi.acme.example/simple/, without a login",
        ),
    })
    .optional()
    .describe("An index of Python packages that has gennet-service-kit; without one, new services get its wheel."),
  istio: z
    .strictObject({
      revision: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "a revision or its tag, such as stable"),
    })
    .optional()
    .describe("The revision of Istio that namespaces of new services follow; without one, its default."),
  regions: z.array(regionSchema).min(1),
});

export type Platform = z.output<typeof platformSchema>;
export type Region = Platform["regions"][number];
