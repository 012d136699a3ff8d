import { describe, expect, it } from "vitest";
import type { NewArgoCd, NewCluster, NewNodegroup, NodegroupChange } from "../../src/aws/eks/port.ts";
import { policyOf, trustOf } from "../../src/core/iam-policy.ts";
import type { NewRole } from "../../src/aws/iam/port.ts";
import { memoryAws } from "../support/memory-aws.ts";

const { signal } = new AbortController();
const tags = { Name: "acme" };
const policy = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
const accessPolicy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const role = (name: string, service: string): NewRole => ({
  name,
  path: "/",
  trust: trustOf(service, ["sts:AssumeRole"]),
  tags,
});
const admin = "arn:aws:iam::111122223333:role/admin";

const coredns = { cluster: "acme", name: "coredns", version: "v1.34.1", tags, overwrites: false };
const scaled = (scaling: NonNullable<NodegroupChange["scaling"]>): NodegroupChange => ({
  scaling,
  labels: { set: {}, removed: [] },
  taints: { set: [], removed: [] },
  repair: true,
});
const logs = (...types: readonly string[]) => ({ change: "logging", types }) as const;

/** Creates a VPC with two subnets, a cluster and a node group that are ready, and everything that they need. */
async function madeWorld() {
  const cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  const [ec2, eks, iam] = [
    await cloud.aws.service("ec2"),
    await cloud.aws.service("eks"),
    await cloud.aws.service("iam"),
  ];
  const vpc = await ec2.createVpc("10.0.0.0/16", tags, signal);
  const otherVpc = await ec2.createVpc("10.1.0.0/16", tags, signal);
  const [one, two, foreign] = [
    await ec2.createSubnet(vpc, "10.0.0.0/24", "euw1-az3", tags, signal),
    await ec2.createSubnet(vpc, "10.0.1.0/24", "euw1-az1", tags, signal),
    await ec2.createSubnet(otherVpc, "10.1.0.0/24", "euw1-az3", tags, signal),
  ];
  const gateway = await ec2.createInternetGateway(tags, signal);
  await ec2.attachInternetGateway(gateway, vpc, signal);
  const table = await ec2.createRouteTable(vpc, tags, signal);
  await ec2.associateRouteTable(table, one, signal);
  const address = await ec2.allocateAddress(tags, signal);
  const nat = await ec2.createNatGateway({ mode: "zonal", subnetId: one, addressId: address }, tags, signal);
  const cluster: NewCluster = {
    name: "acme",
    version: "1.34",
    roleArn: await iam.createRole(role("cluster", "eks.amazonaws.com"), signal),
    subnetIds: [one, two],
    publicAccess: true,
    privateAccess: true,
    publicCidrs: ["0.0.0.0/0"],
    authenticationMode: "API",
    logging: ["api"],
    supportType: "EXTENDED",
    deletionProtection: true,
    zonalShift: true,
    tags,
  };
  const disk = { diskGb: 20, diskKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1", metadataHops: 1, tags };
  const template = { id: await ec2.createLaunchTemplate("nodes", disk, tags, signal), version: 1 };
  const nodegroup: NewNodegroup = {
    cluster: "acme",
    name: "default",
    roleArn: await iam.createRole(role("node", "ec2.amazonaws.com"), signal),
    subnetIds: [one],
    instanceType: "m7i.large",
    imageType: "AL2023_x86_64_STANDARD",
    template,
    scaling: { min: 1, desired: 2, max: 3 },
    labels: {},
    taints: [],
    repair: true,
    tags,
  };
  const kms = await cloud.aws.service("kms");
  const key = await kms.createKey({ description: "", policy: trustOf("logs.amazonaws.com", ["kms:*"]), tags }, signal);
  await eks.createCluster(cluster, signal);
  while ((await eks.cluster("acme", signal))?.status !== "ACTIVE");
  await eks.createNodegroup(nodegroup, signal);
  while ((await eks.nodegroup("acme", "default", signal))?.status !== "ACTIVE");
  await eks.createAddon(coredns, signal);
  await eks.createAccessEntry("acme", admin, tags, signal);
  return {
    cloud,
    ec2,
    eks,
    iam,
    kms,
    key,
    vpc,
    otherVpc,
    one,
    two,
    foreign,
    gateway,
    table,
    address,
    nat,
    cluster,
    nodegroup,
  };
}

type World = Awaited<ReturnType<typeof madeWorld>>;
type Refusals = readonly (readonly [what: string, code: string, call: (world: World) => Promise<unknown>])[];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const ofEc2: Refusals = [
  ["a VPC larger than /16", "InvalidVpc.Range", ({ ec2 }) => ec2.createVpc("10.0.0.0/8", tags, signal)],
  [
    "a sixth VPC",
    "VpcLimitExceeded",
    async ({ ec2 }) => {
      for (let count = 0; count < 4; count++) await ec2.createVpc("10.0.0.0/16", tags, signal);
    },
  ],
  ["a reserved tag", "InvalidParameterValue", ({ ec2 }) => ec2.createInternetGateway({ "aws:a": "b" }, signal)],
  ["host names in no VPC", "InvalidVpcID.NotFound", ({ ec2 }) => ec2.enableDnsHostnames("vpc-0", signal)],
  [
    "a gateway that has another VPC",
    "Resource.AlreadyAssociated",
    ({ ec2, gateway, otherVpc }) => ec2.attachInternetGateway(gateway, otherVpc, signal),
  ],
  [
    "a second gateway of a VPC",
    "InvalidParameterValue",
    async ({ ec2, vpc }) => ec2.attachInternetGateway(await ec2.createInternetGateway(tags, signal), vpc, signal),
  ],
  [
    "a subnet in no VPC",
    "InvalidVpcID.NotFound",
    ({ ec2 }) => ec2.createSubnet("vpc-0", "10.0.2.0/24", "euw1-az3", tags, signal),
  ],
  [
    "a subnet outside its VPC",
    "InvalidSubnet.Range",
    ({ ec2, vpc }) => ec2.createSubnet(vpc, "10.1.0.0/24", "euw1-az3", tags, signal),
  ],
  [
    "a subnet that overlaps another",
    "InvalidSubnet.Conflict",
    ({ ec2, vpc }) => ec2.createSubnet(vpc, "10.0.1.128/25", "euw1-az3", tags, signal),
  ],
  [
    "a subnet in another region's zone",
    "InvalidParameterValue",
    ({ ec2, vpc }) => ec2.createSubnet(vpc, "10.0.2.0/24", "use1-az1", tags, signal),
  ],
  [
    "public addresses of no subnet",
    "InvalidSubnetID.NotFound",
    ({ ec2 }) => ec2.assignPublicIps("subnet-0", true, signal),
  ],
  [
    "a NAT gateway without an address",
    "InvalidAllocationID.NotFound",
    ({ ec2, two }) => ec2.createNatGateway({ mode: "zonal", subnetId: two, addressId: "eip-0" }, tags, signal),
  ],
  [
    "a second NAT gateway of an address",
    "Resource.AlreadyAssociated",
    ({ ec2, two, address }) => ec2.createNatGateway({ mode: "zonal", subnetId: two, addressId: address }, tags, signal),
  ],
  ["a route table in no VPC", "InvalidVpcID.NotFound", ({ ec2 }) => ec2.createRouteTable("vpc-0", tags, signal)],
  [
    "a route to no gateway",
    "InvalidNatGatewayID.NotFound",
    ({ ec2, table }) => ec2.setRoute(table, "0.0.0.0/0", "nat-0", signal),
  ],
  [
    "a route to another VPC's gateway",
    "InvalidParameterValue",
    async ({ ec2, otherVpc, gateway }) =>
      ec2.setRoute(await ec2.createRouteTable(otherVpc, tags, signal), "0.0.0.0/0", gateway, signal),
  ],
  [
    "another VPC's subnet in a route table",
    "InvalidParameterValue",
    ({ ec2, table, foreign }) => ec2.associateRouteTable(table, foreign, signal),
  ],
  [
    "a second route table of a subnet",
    "Resource.AlreadyAssociated",
    async ({ ec2, vpc, one }) => ec2.associateRouteTable(await ec2.createRouteTable(vpc, tags, signal), one, signal),
  ],
];

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html */
const ofEks: Refusals = [
  [
    "a cluster of the same name",
    "ResourceInUseException",
    ({ eks, cluster }) => eks.createCluster({ ...cluster, version: "1.33" }, signal),
  ],
  [
    "a cluster name with a dot",
    "InvalidParameterException",
    ({ eks, cluster }) => eks.createCluster({ ...cluster, name: "a.b" }, signal),
  ],
  [
    "a version that is not supported",
    "InvalidParameterException",
    ({ eks, cluster }) => eks.createCluster({ ...cluster, name: "b", version: "1.10" }, signal),
  ],
  [
    "a cluster's role that another service assumes",
    "InvalidParameterException",
    ({ eks, cluster, nodegroup }) => eks.createCluster({ ...cluster, name: "b", roleArn: nodegroup.roleArn }, signal),
  ],
  [
    "a cluster in one zone",
    "InvalidParameterException",
    ({ eks, cluster, one }) => eks.createCluster({ ...cluster, name: "b", subnetIds: [one] }, signal),
  ],
  [
    "a log type that does not exist",
    "InvalidParameterException",
    ({ eks, cluster }) => eks.createCluster({ ...cluster, name: "b", logging: ["kubelet"] }, signal),
  ],
  ["logs of no cluster", "ResourceNotFoundException", ({ eks }) => eks.updateCluster("b", logs("api"), signal)],
  [
    "logs that are already enabled",
    "InvalidParameterException",
    ({ eks }) => eks.updateCluster("acme", logs("api"), signal),
  ],
  [
    "nodes of a cluster that is being created",
    "InvalidRequestException",
    async ({ eks, cluster, nodegroup }) => {
      await eks.createCluster({ ...cluster, name: "b" }, signal);
      await eks.createNodegroup({ ...nodegroup, cluster: "b", name: "b" }, signal);
    },
  ],
  [
    "a node group of the same name",
    "ResourceInUseException",
    ({ eks, nodegroup }) => eks.createNodegroup({ ...nodegroup, instanceType: "c7i.large" }, signal),
  ],
  [
    "nodes in no subnet",
    "InvalidParameterException",
    ({ eks, nodegroup }) => eks.createNodegroup({ ...nodegroup, name: "b", subnetIds: ["subnet-0"] }, signal),
  ],
  [
    "more desired nodes than the maximum",
    "InvalidParameterException",
    ({ eks }) => eks.updateNodegroup("acme", "default", scaled({ min: 1, desired: 4, max: 3 }), signal),
  ],
  [
    "scaling of no node group",
    "ResourceNotFoundException",
    ({ eks }) => eks.updateNodegroup("acme", "b", scaled({ min: 1, desired: 1, max: 3 }), signal),
  ],
  ["an add-on twice", "ResourceInUseException", ({ eks }) => eks.createAddon(coredns, signal)],
  [
    "an add-on that does not exist",
    "InvalidParameterException",
    ({ eks }) => eks.createAddon({ ...coredns, name: "core-dns" }, signal),
  ],
  [
    "an add-on in a version for another Kubernetes",
    "InvalidParameterException",
    ({ eks }) => eks.updateAddon({ ...coredns, version: "v1.30.0" }, signal),
  ],
  [
    "the deletion of a protected cluster",
    "InvalidRequestException",
    async ({ eks }) => {
      await eks.deleteNodegroup("acme", "default", signal);
      await eks.settled("acme", { nodegroup: "default" }, signal);
      await eks.deleteCluster("acme", signal);
    },
  ],
  [
    "the deletion of a cluster with node groups",
    "ResourceInUseException",
    ({ eks }) => eks.deleteCluster("acme", signal),
  ],
  [
    "another key for a cluster",
    "InvalidRequestException",
    async ({ eks }) => {
      await eks.updateCluster("acme", { change: "encryption", keyArn: "one" }, signal);
      await eks.updateCluster("acme", { change: "encryption", keyArn: "two" }, signal);
    },
  ],
  [
    "another launch template for a node group",
    "InvalidParameterException",
    ({ eks }) => eks.rollNodegroup("acme", { name: "default" }, { id: "lt-0", version: 1 }, signal),
  ],
  [
    "a launch template version that does not exist",
    "InvalidParameterException",
    ({ eks, nodegroup }) =>
      eks.rollNodegroup("acme", { name: "default" }, { ...nodegroup.template, version: 2 }, signal),
  ],
  [
    "a change of the control plane over two minor versions",
    "InvalidParameterException",
    ({ eks }) => eks.updateVersion("acme", "1.32", signal),
  ],
  [
    "a version of the control plane that EKS does not offer",
    "InvalidParameterException",
    async ({ eks, nodegroup }) => {
      await eks.updateVersion("acme", "1.35", signal);
      await eks.rollNodegroup("acme", { name: "default", version: "1.35" }, nodegroup.template, signal);
      await eks.updateVersion("acme", "1.36", signal);
    },
  ],
  [
    "an upgrade while a node group is behind",
    "InvalidRequestException",
    async ({ eks, cloud }) => {
      const [group] = [...cloud.nodegroups.values()];
      if (group !== undefined) cloud.nodegroups.set("default", { ...group, version: "1.33" });
      await eks.updateVersion("acme", "1.35", signal);
    },
  ],
  [
    "a rollback of a cluster that was not upgraded",
    "InvalidRequestException",
    ({ eks }) => eks.updateVersion("acme", "1.33", signal),
  ],
  [
    "a rollback of a cluster whose nodes are upgraded",
    "InvalidRequestException",
    async ({ eks, nodegroup }) => {
      await eks.updateVersion("acme", "1.35", signal);
      await eks.rollNodegroup("acme", { name: "default", version: "1.35" }, nodegroup.template, signal);
      await eks.updateVersion("acme", "1.34", signal);
    },
  ],
  [
    "nodes that are newer than the control plane",
    "InvalidRequestException",
    ({ eks, nodegroup }) => eks.rollNodegroup("acme", { name: "default", version: "1.35" }, nodegroup.template, signal),
  ],
  [
    "an image for another processor",
    "InvalidParameterException",
    ({ eks, nodegroup }) => eks.createNodegroup({ ...nodegroup, name: "b", instanceType: "m7g.large" }, signal),
  ],
  [
    "a pod's role that pods cannot assume",
    "InvalidParameterException",
    ({ eks, cluster: { roleArn } }) =>
      eks.createPodIdentity("acme", { namespace: "a", serviceAccount: "b", roleArn, tags }, signal),
  ],
  ["an access entry twice", "ResourceInUseException", ({ eks }) => eks.createAccessEntry("acme", admin, tags, signal)],
  [
    "an access entry for a session",
    "InvalidParameterException",
    ({ eks }) => eks.createAccessEntry("acme", "arn:aws:sts::111122223333:assumed-role/admin/ada", tags, signal),
  ],
  [
    "an access policy without an entry",
    "ResourceNotFoundException",
    ({ eks }) => eks.associatePolicy("acme", "arn:aws:iam::111122223333:role/cluster", accessPolicy, signal),
  ],
  [
    "an access policy that does not exist",
    "InvalidParameterException",
    ({ eks }) => eks.associatePolicy("acme", admin, policy("AmazonEKSClusterPolicy"), signal),
  ],
];

const argoCd: NewArgoCd = {
  cluster: "acme",
  name: "argocd",
  roleArn: "arn:aws:iam::111122223333:role/cluster",
  namespace: "argocd",
  identityCenter: "arn:aws:sso:::instance/ssoins-1",
  mappings: [],
  tags,
};
const capabilityTrust = "capabilities.eks.amazonaws.com";

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCapability.html */
const ofCapabilities: Refusals = [
  [
    "a capability with the role of the cluster",
    "InvalidParameterException",
    ({ eks }) => eks.createArgoCd(argoCd, signal),
  ],
  [
    "a second capability of a type",
    "ResourceInUseException",
    async ({ eks, iam }) => {
      const roleArn = await iam.createRole(role("argocd", capabilityTrust), signal);
      await eks.createArgoCd({ ...argoCd, roleArn }, signal);
      await eks.createArgoCd({ ...argoCd, roleArn, name: "other" }, signal);
    },
  ],
  [
    "a role of Argo CD without identities",
    "InvalidParameterException",
    async ({ eks, iam }) => {
      const roleArn = await iam.createRole(role("argocd", capabilityTrust), signal);
      await eks.createArgoCd({ ...argoCd, roleArn, mappings: [{ role: "ADMIN", identities: [] }] }, signal);
    },
  ],
  [
    "an update of a capability that does not exist",
    "ResourceNotFoundException",
    ({ eks }) => eks.updateArgoCd("acme", "argocd", { set: [] }, signal),
  ],
  [
    "the removal of an identity that has no role",
    "InvalidParameterException",
    async ({ eks, iam }) => {
      const roleArn = await iam.createRole(role("argocd", capabilityTrust), signal);
      await eks.createArgoCd({ ...argoCd, roleArn }, signal);
      const removed = [{ role: "ADMIN", identities: [{ id: "1", type: "SSO_USER" }] }] as const;
      await eks.updateArgoCd("acme", "argocd", { removed }, signal);
    },
  ],
];

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const ofIam: Refusals = [
  [
    "a role of the same name with other tags",
    "EntityAlreadyExists",
    ({ iam }) => iam.createRole({ ...role("node", "ec2.amazonaws.com"), tags: { Name: "b" } }, signal),
  ],
  [
    "a role name of 65 characters",
    "ValidationError",
    ({ iam }) => iam.createRole(role("a".repeat(65), "ec2.amazonaws.com"), signal),
  ],
  ["a role for no service", "MalformedPolicyDocument", ({ iam }) => iam.createRole(role("b", "everyone"), signal)],
  ["a policy of no role", "NoSuchEntity", ({ iam }) => iam.attachPolicy("b", policy("AmazonEKS_CNI_Policy"), signal)],
  [
    "the deletion of a role with a policy",
    "DeleteConflict",
    async ({ iam }) => {
      await iam.attachPolicy("node", policy("AmazonEKSWorkerNodePolicy"), signal);
      await iam.deleteRole("node", signal);
    },
  ],
  ["a policy that does not exist", "NoSuchEntity", ({ iam }) => iam.attachPolicy("node", policy("Everything"), signal)],
  [
    "inline policies that are too long together",
    "LimitExceeded",
    async ({ iam }) => {
      const long = policyOf({ Effect: "Allow", Action: "s3:GetObject", Resource: "a".repeat(6000) });
      await iam.putInlinePolicy("node", "one", long, signal);
      await iam.putInlinePolicy("node", "two", long, signal);
    },
  ],
];

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
const ofKms: Refusals = [
  [
    "a change of a key that is to be deleted",
    "KMSInvalidStateException",
    async ({ kms, key }) => {
      await kms.scheduleDeletion(key, 30, signal);
      await kms.enableRotation(key, signal);
    },
  ],
  [
    "the use of a key whose deletion was cancelled",
    "KMSInvalidStateException",
    async ({ kms, key }) => {
      await kms.scheduleDeletion(key, 30, signal);
      await kms.cancelDeletion(key, signal);
      await kms.enableRotation(key, signal);
    },
  ],
  ["a deletion in six days", "ValidationException", ({ kms, key }) => kms.scheduleDeletion(key, 6, signal)],
];

describe("what the in-memory AWS rejects", () => {
  it.each([...ofEc2, ...ofEks, ...ofCapabilities, ...ofIam, ...ofKms])(
    "The in-memory AWS rejects %s: %s",
    async (_what, code, call) => {
      const message = expect.stringContaining(`(${code})`) as string;
      await expect(call(await madeWorld())).rejects.toMatchObject({ code: "AWS_REJECTED", message });
    },
  );
});

describe("the in-memory AWS", () => {
  it("The in-memory AWS does not count a rejected call as a change", async () => {
    const { cloud, ec2 } = await madeWorld();
    const before = cloud.changes();
    await expect(ec2.createVpc("10.0.0.0/8", tags, signal)).rejects.toThrow("InvalidVpc.Range");
    expect(cloud.changes()).toBe(before);
  });

  it("A NAT gateway of the in-memory AWS fails in a VPC without an internet gateway", async () => {
    const { ec2, foreign } = await madeWorld();
    const own = { Name: "other" };
    const addressId = await ec2.allocateAddress(tags, signal);
    await ec2.createNatGateway({ mode: "zonal", subnetId: foreign, addressId }, own, signal);
    const failure = "Network has no Internet gateway attached";
    expect(await ec2.natGateways({ tags: own }, signal)).toMatchObject([{ state: "failed", failure }]);
  });
});
