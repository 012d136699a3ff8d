import type { Ec2, Subnet } from "../../src/aws/ec2/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { blockOf, demand, demandTags, isWithin, overlap, refuse } from "./aws-rules.ts";

/** A resource that was created, also in IAM. */
export interface Made {
  readonly kind: string;
  readonly id: string;
  readonly tags: Tags;
  readonly facts: Record<string, unknown>;
}

/** EC2's names for the kinds of `things`. */
const ec2Kinds: Readonly<Record<string, string>> = {
  vpc: "InvalidVpcID",
  igw: "InvalidInternetGatewayID",
  subnet: "InvalidSubnetID",
  eip: "InvalidAllocationID",
  nat: "InvalidNatGatewayID",
  rtb: "InvalidRouteTableID",
};
/** The kinds that AWS reports a state of. */
const stateOf: Readonly<Record<string, object>> = { vpc: { state: "available" }, subnet: { state: "available" } };
/** The default quotas of an account. */
const quotas: Readonly<Record<string, readonly [most: number, error: string]>> = {
  vpc: [5, "VpcLimitExceeded"],
  eip: [5, "AddressLimitExceeded"],
};

/** In-memory EC2, as its API reference describes it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryEc2({ awsRegion }: Pick<AwsTarget, "awsRegion">, things: Made[], changes: AwsChanges): Ec2 {
  const { change, begin, isReady } = changes;
  const make = (
    kind: string,
    tags: Tags,
    facts: Record<string, unknown> = {},
    admit: () => void = () => undefined,
  ): Promise<string> =>
    change(() => {
      demandTags(`EC2 create ${kind}`, tags);
      const [most, error] = quotas[kind] ?? [Infinity, ""];
      const held = things.filter((thing) => thing.kind === kind).length;
      demand(held < most, `EC2 create ${kind}`, error, `The maximum number has been reached: ${most}`);
      admit();
      const id = `${kind}-${things.length + 1}`;
      things.push({ kind, id, tags, facts });
      begin(id);
      return id;
    });
  const found = (kind: string, tags: Tags): Made[] =>
    things.filter(
      (thing) => thing.kind === kind && Object.entries(tags).every(([key, value]) => thing.tags[key] === value),
    );
  const known = (action: string, kind: string, id: string): Made =>
    things.find((thing) => thing.kind === kind && thing.id === id) ??
    refuse(action, `${ec2Kinds[kind]}.NotFound`, `The ID '${id}' does not exist`);
  const set = (
    [action, kind, id]: readonly [action: string, kind: string, id: string],
    facts: Record<string, unknown>,
    admit: (thing: Made) => void = () => undefined,
  ): Promise<void> =>
    change(() => {
      const thing = known(action, kind, id);
      admit(thing);
      Object.assign(thing.facts, facts);
    });
  const inVpc = (vpcId: unknown, kind: string): readonly Made[] =>
    things.filter((thing) => thing.kind === kind && thing.facts["vpcId"] === vpcId);
  const all = async <T>(kind: string, tags: Tags): Promise<readonly T[]> =>
    found(kind, tags).map(({ id, tags: own, facts }) => ({ id, tags: own, ...stateOf[kind], ...facts }) as T);

  const zones = ["a", "b", "c", "d"].map((zone) => `${awsRegion}${zone}`);
  const admitSubnet = (vpcId: string, cidr: string, zone: string): void => {
    const action = "EC2 CreateSubnet";
    const block = blockOf(cidr);
    demand(zones.includes(zone), action, "InvalidParameterValue", `Value (${zone}) for availabilityZone is invalid`);
    const fits = block.prefix >= 16 && block.prefix <= 28;
    const within = isWithin(block, blockOf(String(known(action, "vpc", vpcId).facts["cidr"])));
    demand(fits && within, action, "InvalidSubnet.Range", `The CIDR '${cidr}' is invalid`);
    const other = inVpc(vpcId, "subnet").find(({ facts }) => overlap(block, blockOf(String(facts["cidr"]))));
    demand(other === undefined, action, "InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with ${other?.id}`);
  };

  const ec2: Ec2 = {
    zones: async () => zones,
    vpcs: (tags) => all("vpc", tags),
    createVpc: (cidr, tags) =>
      make("vpc", tags, { cidr, dnsHostnames: false }, () => {
        const { prefix } = blockOf(cidr);
        demand(prefix >= 16 && prefix <= 28, "EC2 CreateVpc", "InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);
      }),
    enableDnsHostnames: (id) => set(["EC2 ModifyVpcAttribute", "vpc", id], { dnsHostnames: true }),
    internetGateways: (tags) => all("igw", tags),
    createInternetGateway: (tags) => make("igw", tags),
    attachInternetGateway: (id, vpcId) => {
      const action = "EC2 AttachInternetGateway";
      return set([action, "igw", id], { vpcId }, ({ facts: { vpcId: attached } }) => {
        known(action, "vpc", vpcId);
        const free = attached === undefined || attached === vpcId;
        demand(free, action, "Resource.AlreadyAssociated", `resource ${id} is already attached to ${String(attached)}`);
        const only = inVpc(vpcId, "igw").every((each) => each.id === id);
        demand(only, action, "InvalidParameterValue", `Network ${vpcId} already has an internet gateway attached`);
      });
    },
    subnets: (tags) => all<Subnet>("subnet", tags),
    createSubnet: (vpcId, cidr, zone, tags) =>
      make("subnet", tags, { vpcId, cidr, zone, assignsPublicIps: false }, () => admitSubnet(vpcId, cidr, zone)),
    assignPublicIps: (id) => set(["EC2 ModifySubnetAttribute", "subnet", id], { assignsPublicIps: true }),
    addresses: async (tags) => found("eip", tags).map(({ id }) => ({ allocationId: id, publicIp: "192.0.2.1" })),
    allocateAddress: (tags) => make("eip", tags),
    natGateways: async (tags) =>
      found("nat", tags).map(({ id, tags: own, facts }) => ({
        id,
        tags: own,
        subnetId: String(facts["subnetId"]),
        ...(facts["failure"] === undefined
          ? { state: isReady(id) ? "available" : "pending" }
          : { state: "failed", failure: facts["failure"] as string }),
      })),
    createNatGateway: async (subnetId, allocation, tags) => {
      const action = "EC2 CreateNatGateway";
      const own = things.find(({ kind, facts }) => kind === "nat" && facts["allocation"] === allocation);
      // The adapter's client token is the same for the same subnet and address.
      if (own !== undefined && own.facts["subnetId"] === subnetId) return own.id;
      const vpcId = things.find((thing) => thing.id === subnetId)?.facts["vpcId"];
      const failure = inVpc(vpcId, "igw").length > 0 ? undefined : "Network has no Internet gateway attached";
      return make("nat", tags, { subnetId, allocation, ...(failure && { failure }) }, () => {
        known(action, "subnet", subnetId);
        known(action, "eip", allocation);
        demand(own === undefined, action, "Resource.AlreadyAssociated", `${allocation} is already associated`);
      });
    },
    routeTables: (tags) => all("rtb", tags),
    createRouteTable: (vpcId, tags) =>
      make("rtb", tags, { vpcId, subnetIds: [] }, () => void known("EC2 CreateRouteTable", "vpc", vpcId)),
    routeDefault: (id, defaultRoute) => {
      const action = "EC2 CreateRoute";
      return set([action, "rtb", id], { defaultRoute }, (table) => {
        const gateway = known(action, defaultRoute.startsWith("nat-") ? "nat" : "igw", defaultRoute);
        const fits = gateway.kind === "nat" || gateway.facts["vpcId"] === table.facts["vpcId"];
        demand(fits, action, "InvalidParameterValue", `${id} and ${defaultRoute} belong to different networks`);
      });
    },
    associateRouteTable: (id, subnetId) => {
      const action = "EC2 AssociateRouteTable";
      const membersOf = ({ facts }: Made): readonly unknown[] => facts["subnetIds"] as readonly unknown[];
      const table = things.find((thing) => thing.kind === "rtb" && thing.id === id);
      const subnetIds = [...new Set([...(table ? membersOf(table) : []), subnetId])];
      return set([action, "rtb", id], { subnetIds }, (own) => {
        const subnet = known(action, "subnet", subnetId);
        const near = subnet.facts["vpcId"] === own.facts["vpcId"];
        demand(near, action, "InvalidParameterValue", `${id} and ${subnetId} belong to different networks`);
        const other = things.find(
          (each) => each.kind === "rtb" && each.id !== id && membersOf(each).includes(subnetId),
        );
        const code = "Resource.AlreadyAssociated";
        demand(other === undefined, action, code, `the association conflicts with an existing one of ${other?.id}`);
      });
    },
  };
  return ec2;
}
