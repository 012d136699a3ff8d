import type { TestPlatform, TestRegion } from "./test-platform.ts";

/**
 * Changes one thing of five kinds with the AWS CLI: three in the first region, two in the second. Returns the resources
 * that a plan has to change: `eu-west-1 postgres`.
 */
export async function changedByHand({ regions, aws }: Pick<TestPlatform, "regions" | "aws">): Promise<string[]> {
  const [home, other] = regions as [TestRegion, TestRegion];
  const prefix = (region: TestRegion): string => `sandbox-${region.name}`;
  const database = ["--db-instance-identifier", `${prefix(home)}-postgres`];
  await aws(home, "rds", "modify-db-instance", ...database, "--backup-retention-period", "1", "--apply-immediately");

  const byName = (suffix: string): string => `Name=tag:Name,Values=${suffix}`;
  const subnets = ["ec2", "describe-subnets", "--filters", byName(`${prefix(home)}-private-*`)];
  const [subnet] = await aws(home, ...subnets, "--query", "Subnets[].SubnetId");
  await aws(home, "ec2", "delete-tags", "--resources", subnet, "--tags", "Key=kubernetes.io/role/internal-elb");

  const role = ["--role-name", `${prefix(home)}-cluster`];
  const policies = await aws(home, "iam", "list-attached-role-policies", ...role);
  const { PolicyArn } = policies.AttachedPolicies[0];
  await aws(home, "iam", "detach-role-policy", ...role, "--policy-arn", PolicyArn);

  const user = ["--user-id", `${prefix(other)}-redis-app`, "--access-string", "on ~* &* +@read"];
  await aws(other, "elasticache", "modify-user", ...user);

  const groups = ["ec2", "describe-security-groups", "--filters", byName(`${prefix(other)}-redis`)];
  const [group] = await aws(other, ...groups, "--query", "SecurityGroups[].GroupId");
  const rule = ["--protocol", "tcp", "--port", "6379", "--cidr", "0.0.0.0/0"];
  await aws(other, "ec2", "authorize-security-group-ingress", "--group-id", group, ...rule);

  await aws(home, "rds", "wait", "db-instance-available", ...database);
  return [
    `${home.name} postgres-settings`,
    `${home.name} subnets`,
    `${home.name} cluster-role`,
    `${other.name} redis-users`,
    `${other.name} redis-security-group`,
  ];
}
