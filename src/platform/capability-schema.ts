import * as z from "zod";

/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html */
const identity = z
  .string()
  .regex(
    /^([0-9a-f]{10}-)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    "the ID of a user or a group in IAM Identity Center",
  );

const members = z
  .strictObject({ groups: z.array(identity).default([]), users: z.array(identity).default([]) })
  .prefault({});

const arns = (service: string, what: string) =>
  z.array(z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:.+$`), `the ARN of ${what}`)).default([]);

/** What EKS needs to run Argo CD itself. */
export const capabilitySchema = z.strictObject({
  identityCenter: z
    .string()
    .regex(/^arn:[a-z-]+:sso:::instance\/.+$/, "the ARN of an instance of IAM Identity Center")
    .describe("The instance of IAM Identity Center whose users and groups log in to Argo CD."),
  identityCenterRegion: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "an AWS region such as eu-west-1")
    .optional()
    .describe("The AWS region of that instance; without one, that of each cluster."),
  roles: z
    .strictObject({ admin: members, editor: members, viewer: members })
    .prefault({})
    .describe("Who may do what in Argo CD, by IDs of IAM Identity Center."),
  connections: arns("(codeconnections|codestar-connections)", "a connection").describe(
    "The connections of AWS CodeConnections through which it reads repositories.",
  ),
  secrets: arns("secretsmanager", "a secret").describe("The secrets with its credentials for repositories."),
});

export type CapabilityKeys = z.output<typeof capabilitySchema>;
