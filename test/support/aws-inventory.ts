import type { TestPlatform, TestRegion } from "./test-platform.ts";

/** Something in an account, as AWS lists it. */
export interface ListedThing {
  /** An AWS region, or `global`. */
  readonly where: string;
  readonly kind: string;
  readonly id: string;
}

/** Service, operation, and a JMESPath query that returns names. */
const regional: readonly (readonly [kind: string, ...words: string[]])[] = [
  ["VPC", "ec2", "describe-vpcs", "--filters", "Name=is-default,Values=false", "--query", "Vpcs[].VpcId"],
  ["NAT gateway", "ec2", "describe-nat-gateways", "--query", "NatGateways[?State!='deleted'].NatGatewayId"],
  ["address", "ec2", "describe-addresses", "--query", "Addresses[].AllocationId"],
  ["VPC endpoint", "ec2", "describe-vpc-endpoints", "--query", "VpcEndpoints[?State!='deleted'].VpcEndpointId"],
  ["network interface", "ec2", "describe-network-interfaces", "--query", "NetworkInterfaces[].NetworkInterfaceId"],
  [
    "VPC peering",
    "ec2",
    "describe-vpc-peering-connections",
    "--query",
    "VpcPeeringConnections[?Status.Code!='deleted'].VpcPeeringConnectionId",
  ],
  ["launch template", "ec2", "describe-launch-templates", "--query", "LaunchTemplates[].LaunchTemplateName"],
  ["security group", "ec2", "describe-security-groups", "--query", "SecurityGroups[?GroupName!='default'].GroupName"],
  ["EKS cluster", "eks", "list-clusters", "--query", "clusters"],
  ["DB instance", "rds", "describe-db-instances", "--query", "DBInstances[].DBInstanceIdentifier"],
  ["DB snapshot", "rds", "describe-db-snapshots", "--query", "DBSnapshots[].DBSnapshotIdentifier"],
  ["DB subnet group", "rds", "describe-db-subnet-groups", "--query", "DBSubnetGroups[].DBSubnetGroupName"],
  [
    "DB parameter group",
    "rds",
    "describe-db-parameter-groups",
    "--query",
    "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')].DBParameterGroupName",
  ],
  [
    "replication group",
    "elasticache",
    "describe-replication-groups",
    "--query",
    "ReplicationGroups[].ReplicationGroupId",
  ],
  ["cache user", "elasticache", "describe-users", "--query", "Users[?UserId!='default'].UserId"],
  ["cache user group", "elasticache", "describe-user-groups", "--query", "UserGroups[].UserGroupId"],
  ["log group", "logs", "describe-log-groups", "--query", "logGroups[].logGroupName"],
  ["secret", "secretsmanager", "list-secrets", "--include-planned-deletion", "--query", "SecretList[].Name"],
];

const global: typeof regional = [
  ["role", "iam", "list-roles", "--query", "Roles[?!starts_with(Path, '/aws-service-role/')].RoleName"],
  ["hosted zone", "route53", "list-hosted-zones", "--query", "HostedZones[].Name"],
  ["bucket", "s3api", "list-buckets", "--query", "Buckets[].Name"],
];

/** Returns what is in the account, as every service lists it to the AWS CLI, without what belongs to AWS. */
export async function awsInventory({
  regions,
  aws,
}: Pick<TestPlatform, "regions" | "aws">): Promise<readonly ListedThing[]> {
  const list = async (region: TestRegion, where: string, questions: typeof regional): Promise<ListedThing[]> => {
    const found: ListedThing[] = [];
    for (const [kind, ...words] of questions) {
      const ids = ((await aws(region, ...words)) ?? []) as readonly string[];
      found.push(...ids.map((id) => ({ where, kind, id })));
    }
    return found;
  };
  const found: ListedThing[] = [];
  for (const region of regions) {
    found.push(...(await list(region, region.awsRegion, regional)));
    for (const id of (await aws(region, "kms", "list-keys", "--query", "Keys[].KeyId")) as readonly string[]) {
      const { KeyMetadata: key } = await aws(region, "kms", "describe-key", "--key-id", id);
      if (key.KeyManager === "CUSTOMER") found.push({ where: region.awsRegion, kind: `key ${key.KeyState}`, id });
    }
  }
  const [first] = regions;
  return first === undefined ? found : [...found, ...(await list(first, "global", global))];
}
