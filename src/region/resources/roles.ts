import { type PolicyDocument, type PolicyStatement, policyOf, trustOf } from "../../core/iam-policy.ts";
import { arnIn, dnsSuffixOf, viaServices } from "../../core/arn.ts";
import { regionsBeside } from "../primary-region.ts";
import type { RegionWorld } from "../world.ts";
import { keyName } from "./kms-key.ts";
import { managedRole, type RoleFacts } from "./managed-roles.ts";
import { neo4jSecretName } from "./stores/neo4j-facts.ts";
import { postgresSecretName } from "./stores/postgres-facts.ts";
import { redisSecretName } from "./stores/redis-facts.ts";

/** Returns whether EKS chooses and replaces the nodes of a region (Auto Mode), or a node group has them. */
export function isAuto({ region }: RegionWorld): boolean {
  return region.nodes.mode === "auto";
}

export function isManaged(world: RegionWorld): boolean {
  return !isAuto(world);
}

/**
 * Lets EC2 encrypt volumes with the region's key for a role, and nothing else: no other service, and no grant to anyone
 * but AWS. https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
 */
function volumeEncryption(world: RegionWorld): PolicyDocument {
  const { awsRegion } = world.region;
  const { Resource, Condition } = keyResource(world);
  const viaEc2 = { StringEquals: { "kms:ViaService": viaServices("ec2", awsRegion) } };
  return policyOf(
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"],
      Resource,
      Condition: { ...Condition, ...viaEc2 },
    },
    {
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource,
      Condition: { ...Condition, ...viaEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  );
}

/** The policies of the cluster's role for Auto Mode, which come and go with it. */
export const autoModePolicyNames: readonly string[] = [
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];

/**
 * Auto Mode tags its sessions, also while it is turned off.
 * https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
export const clusterRole = managedRole({
  id: "cluster-role",
  title: "IAM role of the cluster",
  suffix: "cluster",
  trust: () => trustOf("eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
  policies: () => ["AmazonEKSClusterPolicy"],
  passing: autoModePolicyNames,
  inline: (world) => ({
    "encryption-key": policyOf({
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
      ...keyResource(world),
    }),
    // Auto Mode creates volumes with this role: https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html
    ...(isAuto(world) ? { volumes: volumeEncryption(world) } : {}),
  }),
});

/**
 * The network plug-in has its own role, so that no other pod of a node gets its permissions.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
 */
export const nodeRoleFacts: RoleFacts = {
  id: "node-role",
  title: "IAM role of the nodes",
  suffix: "node",
  // EKS looks for this principal in China: https://github.com/awslabs/cdk-eks-blueprints/issues/558
  trust: ({ region }) => trustOf(`ec2.${dnsSuffixOf(region.awsRegion)}`, ["sts:AssumeRole"]),
  policies: (world) => [
    isAuto(world) ? "AmazonEKSWorkerNodeMinimalPolicy" : "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
  ],
  isShedLater: true,
};

export const nodeRole = managedRole(nodeRoleFacts);

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
export const podTrust = (): PolicyDocument => trustOf("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]);

export const networkRole = managedRole({
  id: "vpc-cni-role",
  title: "IAM role of the VPC CNI",
  suffix: "vpc-cni",
  trust: podTrust,
  policies: () => ["AmazonEKS_CNI_Policy"],
  wanted: isManaged,
});

export const storageRole = managedRole({
  id: "ebs-csi-role",
  title: "IAM role of the EBS CSI driver",
  suffix: "ebs-csi",
  trust: podTrust,
  policies: () => ["service-role/AmazonEBSCSIDriverPolicy"],
  inline: (world) => ({ volumes: volumeEncryption(world) }),
  wanted: isManaged,
});

/**
 * Reads the secrets of the platform's services, whose names begin with the platform's, and nothing else: neither the login
 * of the database's owner, which only gennet uses, nor what another region has in the same AWS region.
 */
export const secretsRole = managedRole({
  id: "external-secrets-role",
  title: "IAM role of External Secrets",
  suffix: "external-secrets",
  trust: podTrust,
  inline: (world) => {
    const secrets = arnIn(world.region, "secretsmanager", "secret");
    const Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    const others = regionsBeside(world).flatMap((region) => [
      redisSecretName({ ...world, region }),
      neo4jSecretName(world.platform, region),
    ]);
    // Secrets Manager adds six characters to the name in an ARN.
    const closed = [postgresSecretName(world), ...others].map((name) => `${secrets}:${name}-??????`);
    return {
      "read-secrets": policyOf(
        { Effect: "Allow", Action, Resource: `${secrets}:${world.platform.name}/*` },
        { Effect: "Deny", Action, Resource: closed },
      ),
      decrypt: policyOf({ Effect: "Allow", Action: "kms:Decrypt", ...keyResource(world) }),
    };
  },
});

/** Returns the region's key in a policy. It may not exist yet, so it is known by its alias. */
function keyResource(
  world: RegionWorld,
): Required<Pick<PolicyStatement, "Resource">> & Pick<PolicyStatement, "Condition"> {
  const { encryptionKey } = world.region;
  // A policy names no key by its alias, only by an ARN or by the condition that it has the alias.
  const alias = /(?:^|:)(alias\/.+)$/.exec(keyName(world))?.[1];
  if (alias === undefined) {
    const id = keyName(world);
    return { Resource: id.startsWith("arn:") ? id : arnIn(world.region, "kms", `key/${id}`) };
  }
  const isArn = encryptionKey?.startsWith("arn:") === true;
  return {
    Resource: isArn ? `${encryptionKey.slice(0, -alias.length)}key/*` : arnIn(world.region, "kms", "key/*"),
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } },
  };
}
