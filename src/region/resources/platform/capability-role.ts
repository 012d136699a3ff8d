import { policyOf, trustOf } from "../../../core/iam-policy.ts";
import { isCapability } from "../../components/component.ts";
import { managedRole } from "../managed-roles.ts";

/**
 * What EKS's Argo CD may use in AWS: the credentials of its repositories, if gennet.yaml names any. What it may do in the
 * cluster, its access entry says.
 * https://docs.aws.amazon.com/eks/latest/userguide/capability-role.html
 */
export const capabilityRole = managedRole({
  id: "argocd-capability-role",
  title: "IAM role of EKS's Argo CD",
  suffix: "argocd-capability",
  trust: () => trustOf("capabilities.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
  inline: ({ platform }) => {
    const { connections = [], secrets = [] } = platform.gitops?.capability ?? {};
    const connection = ["codeconnections:UseConnection"];
    const secret = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    return {
      ...(connections.length === 0
        ? {}
        : { connections: policyOf({ Effect: "Allow", Action: connection, Resource: connections }) }),
      ...(secrets.length === 0 ? {} : { secrets: policyOf({ Effect: "Allow", Action: secret, Resource: secrets }) }),
    };
  },
  wanted: isCapability,
});
