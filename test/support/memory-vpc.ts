import type { NetworkPort } from "../../src/aws/ec2/network.ts";
import type { EncryptionControl, Subnet, Vpc, InternetGateway, Zone } from "../../src/aws/ec2/port.ts";
import type { SubnetPort } from "../../src/aws/ec2/subnets.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import { blockOf, demand, isWithin, overlap } from "./aws-rules.ts";
import { isPeering, type MemoryPeerings } from "./memory-peering.ts";
import type { Made, MemoryThings } from "./memory-things.ts";

type VpcCalls = Omit<NetworkPort, "tag"> & SubnetPort;

/** Zone ids begin with a short form of the region's name: eu-west-1 has euw1-az1. */
function zonePrefix(awsRegion: string): string {
  const [area = "", direction = "", number = ""] = awsRegion.split("-");
  return `${area}${direction.slice(0, 1)}${number}`;
}

/** Returns the zones of a region. The order of ids is not that of letters, as in most accounts. */
export function zonesIn(awsRegion: string): readonly Zone[] {
  return ["a", "b", "c", "d"].map((letter, index) => ({
    name: `${awsRegion}${letter}`,
    id: `${zonePrefix(awsRegion)}-az${[3, 1, 2, 4][index]}`,
  }));
}

/** Returns how many addresses a new subnet has: AWS keeps five of each. */
function freeIn({ facts }: Pick<Made, "facts">): number {
  return blockOf(String(facts["cidr"])).size - 5;
}

/** In-memory VPCs, subnets and internet gateways: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryVpc(
  { awsRegion }: Pick<AwsTarget, "awsRegion">,
  store: MemoryThings,
  peerings: MemoryPeerings,
): VpcCalls {
  const { make, set, remove, known, inVpc, where, ofKind } = store;
  const zones = zonesIn(awsRegion);
  const admitSubnet = (vpcId: string, cidr: string, zone: string): void => {
    const action = "EC2 CreateSubnet";
    const block = blockOf(cidr);
    const exists = zones.some(({ id }) => id === zone);
    demand(exists, action, "InvalidParameterValue", `Value (${zone}) for availabilityZoneId is invalid`);
    const fits = block.prefix >= 16 && block.prefix <= 28;
    const within = isWithin(block, blockOf(String(known(action, "vpc", vpcId).facts["cidr"])));
    demand(fits && within, action, "InvalidSubnet.Range", `The CIDR '${cidr}' is invalid`);
    const other = inVpc(vpcId, "subnet").find(({ facts }) => overlap(block, blockOf(String(facts["cidr"]))));
    demand(other === undefined, action, "InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with ${other?.id}`);
  };
  const shown = ({ id, tags, facts }: Made): Pick<Made, "id" | "tags"> => ({ id, tags, ...facts });
  const available = { state: "available" };
  const vpcOf = ({ id, tags, facts }: Made): Vpc => ({
    id,
    tags,
    state: "available",
    cidr: String(facts["cidr"]),
    ranges: [String(facts["cidr"])],
    dnsSupport: facts["dnsSupport"] === true,
    dnsHostnames: facts["dnsHostnames"] === true,
    ...facts,
  });
  const unused = (action: string, { id }: Made, users: readonly (Made | undefined)[]): void => {
    const user = users.find((each) => each !== undefined);
    const why = `The resource '${id}' has dependencies and cannot be deleted: ${user?.id}`;
    demand(user === undefined, action, "DependencyViolation", why);
  };

  return {
    zones: async () => zones,
    vpcs: async (tags) => where("vpc", { tags }).map(vpcOf),
    vpc: async (id) =>
      ofKind("vpc")
        .filter((each) => each.id === id)
        .map(vpcOf)[0],
    encryptionControl: async (id) =>
      ofKind("vpc").find((each) => each.id === id)?.facts["encryptionControl"] as EncryptionControl | undefined,
    createVpc: (cidr, tags) =>
      make("vpc", tags, { cidr, dnsSupport: true, dnsHostnames: false }, () => {
        const { prefix } = blockOf(cidr);
        demand(prefix >= 16 && prefix <= 28, "EC2 CreateVpc", "InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);
      }),
    enableDnsSupport: (id) => set(["EC2 ModifyVpcAttribute", "vpc", id], { dnsSupport: true }),
    enableDnsHostnames: (id) =>
      set(["EC2 ModifyVpcAttribute", "vpc", id], { dnsHostnames: true }, ({ facts }) => {
        const code = "InvalidParameterCombination";
        demand(facts["dnsSupport"] === true, "EC2 ModifyVpcAttribute", code, "DNS resolution has to be on first");
      }),
    deleteVpc: (id) =>
      remove("vpc", id, (vpc) => {
        const kinds = ["subnet", "igw", "rtb", "sg", "vpce", "eni"];
        const gateways = inVpc(id, "nat").filter(({ facts }) => facts["state"] !== "deleted");
        const why = `The vpc '${id}' has dependencies and cannot be deleted: a peering connection`;
        demand(!isPeering(peerings, awsRegion, id), "EC2 DeleteVpc", "DependencyViolation", why);
        unused("EC2 DeleteVpc", vpc, [...kinds.flatMap((kind) => inVpc(id, kind)), ...gateways]);
      }),

    internetGateways: async (query) => where("igw", query).map((each) => shown(each) as InternetGateway),
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
    detachInternetGateway: (id, vpcId) => {
      const action = "EC2 DetachInternetGateway";
      return set([action, "igw", id], { vpcId: undefined }, (gateway) => {
        const mapped = inVpc(vpcId, "nat").find(({ facts }) => facts["holdsAddress"] === true);
        unused(action, gateway, [mapped]);
      });
    },
    deleteInternetGateway: (id) =>
      remove("igw", id, (gateway) => {
        const attached = ofKind("vpc").find((vpc) => vpc.id === gateway.facts["vpcId"]);
        unused("EC2 DeleteInternetGateway", gateway, [attached]);
      }),

    subnets: async (query) =>
      where("subnet", query).map((each) => ({ ...available, free: freeIn(each), ...shown(each) }) as Subnet),
    createSubnet: (vpcId, cidr, zone, tags) =>
      make("subnet", tags, { vpcId, cidr, zone, assignsPublicIps: false }, () => admitSubnet(vpcId, cidr, zone)),
    assignPublicIps: (id, assignsPublicIps) => set(["EC2 ModifySubnetAttribute", "subnet", id], { assignsPublicIps }),
    deleteSubnet: (id) =>
      remove("subnet", id, (subnet) => {
        const interfaces = ofKind("eni").filter(({ facts }) => facts["subnetId"] === id);
        const gateways = ofKind("nat").filter(({ facts }) => facts["subnetId"] === id && facts["state"] !== "deleted");
        const endpoints = ofKind("vpce").filter(({ facts }) => (facts["subnetIds"] as string[]).includes(id));
        unused("EC2 DeleteSubnet", subnet, [...interfaces, ...gateways, ...endpoints]);
      }),
  };
}
