import type { NatPort } from "../../src/aws/ec2/nat.ts";
import type { ElasticAddress, NatGateway, RouteTable } from "../../src/aws/ec2/port.ts";
import type { RoutingPort } from "../../src/aws/ec2/routing.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand } from "./aws-rules.ts";
import { isActive, type MemoryPeerings } from "./memory-peering.ts";
import type { Made, MemoryThings } from "./memory-things.ts";

type RoutingCalls = NatPort & RoutingPort;

const everywhere = "0.0.0.0/0";

type PeerRoute = Pick<RouteTable["peeringRoutes"][number], "range" | "connectionId">;

function peeringRoutesOf({ facts }: Made): readonly PeerRoute[] {
  return (facts["peeringRoutes"] ?? []) as readonly PeerRoute[];
}

function addressOf({ id, tags }: Made): ElasticAddress {
  return { id, publicIp: "192.0.2.1", tags };
}

type Association = RouteTable["associations"][number];

function associationsOf({ facts }: Made): readonly Association[] {
  return facts["associations"] as readonly Association[];
}

/** In-memory Elastic IPs, NAT gateways and route tables: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryRouting(
  store: MemoryThings,
  peerings: MemoryPeerings,
  { begin, isReady, change }: AwsChanges,
): RoutingCalls {
  const { make, set, remove, known, ofKind, inVpc, where } = store;
  let associated = 0;
  /** A gateway keeps its address until it is gone; one that failed has let it go. */
  const holderOf = (addressId: string): Made | undefined =>
    ofKind("nat").find(({ facts }) => facts["addressId"] === addressId && facts["holdsAddress"] === true);
  /** What takes AWS time has passed once it was read often enough. */
  const settle = (gateway: Made): Made => {
    const { id, facts } = gateway;
    if (facts["state"] === "pending" && isReady(id)) facts["state"] = "available";
    if (facts["state"] === "deleting" && isReady(id)) Object.assign(facts, { state: "deleted", holdsAddress: false });
    return gateway;
  };
  const isThere = (target: string): boolean =>
    target.startsWith("nat-")
      ? ofKind("nat").some(({ id, facts }) => id === target && facts["state"] !== "deleted")
      : ofKind("igw").some(({ id, facts }) => id === target && facts["vpcId"] !== undefined);
  const tableOf = (associationId: string): Made | undefined =>
    ofKind("rtb").find((table) => associationsOf(table).some(({ id }) => id === associationId));
  const holdsSubnet = (subnetId: string): Made | undefined =>
    ofKind("rtb").find((table) => associationsOf(table).some((each) => each.subnetId === subnetId));

  const routeToPeer = (named: readonly [string, string, string], range: string, connectionId: string): Promise<void> =>
    set(named, {}, (table) => {
      const [action] = named;
      const connection = peerings.connections.find(({ id }) => id === connectionId);
      const sides = connection === undefined ? [] : [connection.requester, connection.accepter];
      const fits = connection?.status !== "deleted" && sides.some(({ vpcId }) => vpcId === table.facts["vpcId"]);
      const why = `The vpcPeeringConnection ID '${connectionId}' does not exist`;
      demand(fits, action, "InvalidVpcPeeringConnectionID.NotFound", why);
      const others = peeringRoutesOf(table).filter((route) => route.range !== range);
      table.facts["peeringRoutes"] = [...others, { range, connectionId }];
    });

  return {
    addresses: async (tags) => where("eip", { tags }).map(addressOf),
    address: async (id) =>
      ofKind("eip")
        .filter((each) => each.id === id)
        .map(addressOf)[0],
    allocateAddress: (tags) => make("eip", tags),
    releaseAddress: (id) =>
      remove("eip", id, () => {
        const holder = holderOf(id);
        const why = `Address ${id} is in use by ${holder?.id}`;
        demand(holder === undefined, "EC2 ReleaseAddress", "InvalidIPAddress.InUse", why);
      }),

    natGateways: async (query) =>
      where("nat", query).map((each): NatGateway => {
        const { id, tags, facts } = settle(each);
        const { state, vpcId, subnetId, mode, connectivity, addressId, failure } = facts as Record<string, string>;
        return {
          id,
          tags,
          state: state ?? "pending",
          vpcId: vpcId ?? "",
          mode: mode ?? "zonal",
          connectivity: connectivity ?? "public",
          ...(subnetId === undefined ? {} : { subnetId }),
          addressIds: addressId === undefined ? [] : [addressId],
          ...(failure === undefined ? {} : { failure }),
        };
      }),
    createNatGateway: async (gateway, tags) => {
      const action = "EC2 CreateNatGateway";
      const { mode } = gateway;
      const subnet = mode === "zonal" ? known(action, "subnet", gateway.subnetId) : undefined;
      const vpcId = mode === "zonal" ? subnet?.facts["vpcId"] : gateway.vpcId;
      const failure = inVpc(vpcId, "igw").length > 0 ? undefined : "Network has no Internet gateway attached";
      const place = mode === "zonal" ? { subnetId: gateway.subnetId, addressId: gateway.addressId } : {};
      const state = failure === undefined ? "pending" : "failed";
      const holdsAddress = mode === "zonal" && failure === undefined;
      const facts = { mode, vpcId, connectivity: "public", state, holdsAddress, ...place, ...(failure && { failure }) };
      return make("nat", tags, facts, () => {
        if (mode === "regional") return void known(action, "vpc", gateway.vpcId);
        known(action, "eip", gateway.addressId);
        const holder = holderOf(gateway.addressId);
        const code = "Resource.AlreadyAssociated";
        demand(holder === undefined, action, code, `${gateway.addressId} is already associated with ${holder?.id}`);
      });
    },
    deleteNatGateway: async (id) => {
      const gateway = ofKind("nat").find((each) => each.id === id);
      if (gateway === undefined) return;
      await change(() => {
        if (["deleting", "deleted"].includes(String(gateway.facts["state"]))) return;
        gateway.facts["state"] = "deleting";
        begin(id);
      });
    },

    routeTables: async (query) =>
      where("rtb", query).map((table): RouteTable => {
        const { id, tags, facts } = table;
        const target = facts["defaultRoute"] as string | undefined;
        return {
          id,
          tags,
          vpcId: String(facts["vpcId"]),
          isMain: facts["isMain"] === true,
          ...(target === undefined ? {} : { defaultRoute: target }),
          isBlackhole: target !== undefined && !isThere(target),
          peeringRoutes: peeringRoutesOf(table).map((route) => ({
            ...route,
            isBlackhole: !isActive(peerings, route.connectionId),
          })),
          associations: associationsOf(table),
        };
      }),
    createRouteTable: (vpcId, tags) =>
      make(
        "rtb",
        tags,
        { vpcId, associations: [], peeringRoutes: [] },
        () => void known("EC2 CreateRouteTable", "vpc", vpcId),
      ),
    setRoute: (id, range, target) => {
      const action = "EC2 CreateRoute";
      if (target.startsWith("pcx-")) return routeToPeer([action, "rtb", id], range, target);
      demand(range === everywhere, action, "InvalidParameterValue", "gennet routes nothing else to a gateway");
      const defaultRoute = target;
      return set([action, "rtb", id], { defaultRoute }, (table) => {
        const gateway = known(action, defaultRoute.startsWith("nat-") ? "nat" : "igw", defaultRoute);
        const fits = gateway.facts["vpcId"] === table.facts["vpcId"];
        demand(fits, action, "InvalidParameterValue", `${id} and ${defaultRoute} belong to different networks`);
        const isDead = ["failed", "deleting", "deleted"].includes(String(gateway.facts["state"]));
        demand(!isDead, action, "InvalidNatGatewayID.NotFound", `The NAT gateway ${defaultRoute} is not usable`);
      });
    },
    removeRoute: (id, range) =>
      set(["EC2 DeleteRoute", "rtb", id], range === everywhere ? { defaultRoute: undefined } : {}, (table) => {
        table.facts["peeringRoutes"] = peeringRoutesOf(table).filter((route) => route.range !== range);
      }),
    associateRouteTable: (id, subnetId) => {
      const action = "EC2 AssociateRouteTable";
      const table = ofKind("rtb").find((each) => each.id === id);
      const before = table === undefined ? [] : associationsOf(table).filter((each) => each.subnetId !== subnetId);
      const associations = [...before, { id: `rtbassoc-${++associated}`, subnetId }];
      return set([action, "rtb", id], { associations }, (own) => {
        const subnet = known(action, "subnet", subnetId);
        const near = subnet.facts["vpcId"] === own.facts["vpcId"];
        demand(near, action, "InvalidParameterValue", `${id} and ${subnetId} belong to different networks`);
        const other = holdsSubnet(subnetId);
        const free = other === undefined || other.id === id;
        const why = `the association conflicts with an existing one of ${other?.id}`;
        demand(free, action, "Resource.AlreadyAssociated", why);
      });
    },
    moveAssociation: (associationId, id) =>
      change(() => {
        const action = "EC2 ReplaceRouteTableAssociation";
        const to = known(action, "rtb", id);
        const from = tableOf(associationId);
        const moved = from && associationsOf(from).find((each) => each.id === associationId);
        const why = `The association ID '${associationId}' does not exist`;
        demand(from !== undefined && moved !== undefined, action, "InvalidAssociationID.NotFound", why);
        from.facts["associations"] = associationsOf(from).filter((each) => each !== moved);
        to.facts["associations"] = [
          ...associationsOf(to),
          { id: `rtbassoc-${++associated}`, subnetId: moved.subnetId },
        ];
      }),
    removeAssociation: async (associationId) => {
      const table = tableOf(associationId);
      if (table === undefined) return;
      await change(() => {
        table.facts["associations"] = associationsOf(table).filter(({ id }) => id !== associationId);
      });
    },
    deleteRouteTable: (id) =>
      remove("rtb", id, (table) => {
        const free = associationsOf(table).length === 0 && table.facts["isMain"] !== true;
        const why = `The routeTable '${id}' has dependencies and cannot be deleted.`;
        demand(free, "EC2 DeleteRouteTable", "DependencyViolation", why);
      }),
  };
}
