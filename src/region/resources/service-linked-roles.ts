import { reported } from "../kept.ts";

/**
 * The roles that services of AWS make in an account when they are first used.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const names: readonly string[] = [
  "AWSServiceRoleForAmazonEKS",
  "AWSServiceRoleForAmazonEKSNodegroup",
  "AWSServiceRoleForAutoScaling",
  "AWSServiceRoleForECRReplication",
  "AWSServiceRoleForElastiCache",
  "AWSServiceRoleForElasticLoadBalancing",
  "AWSServiceRoleForRDS",
];

/** The service-linked roles of the account. They stay when its last region goes: others may need them. */
export const serviceLinkedRoles = reported<string>({
  id: "service-linked-roles",
  title: "Service-linked roles",
  scope: "platform",
  async find({ world, signal }) {
    const iam = await world.aws.service("iam");
    const arns = await Promise.all(names.map((name) => iam.roleArn(name, signal)));
    return names.filter((_, index) => arns[index] !== undefined);
  },
  shown: (name) =>
    `role ${name} of the account; if nothing else needs it: aws iam delete-service-linked-role --role-name ${name}`,
});
