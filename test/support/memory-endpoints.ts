import type { Ec2, NetworkInterface, VpcEndpoint } from "../../src/aws/ec2/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand } from "./aws-rules.ts";
import type { Made, MemoryThings } from "./memory-things.ts";

type EndpointCalls = Pick<
  Ec2,
  | "endpointServices"
  | "vpcEndpoints"
  | "createVpcEndpoint"
  | "changeVpcEndpoint"
  | "deleteVpcEndpoint"
  | "groupsIn"
  | "revokeRules"
  | "networkInterfaces"
  | "deleteNetworkInterface"
>;

const gatewayServices = ["s3", "dynamodb"];
const interfaceServices = ["ecr.api", "ecr.dkr", "sts", "ec2", "logs", "s3", "secretsmanager"];

function idsIn({ facts }: Made, list: string): readonly string[] {
  return facts[list] as readonly string[];
}

/** In-memory VPC endpoints and network interfaces: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryEndpoints(
  { awsRegion }: Pick<AwsTarget, "awsRegion">,
  store: MemoryThings,
  { begin, isReady, change }: AwsChanges,
): EndpointCalls {
  const { make, set, remove, known, ofKind, where } = store;
  const fullName = (service: string): string => `com.amazonaws.${awsRegion}.${service}`;
  const offered = { gateway: gatewayServices.map(fullName), interface: interfaceServices.map(fullName) };
  const stateOf = ({ id, facts }: Made): string => {
    if (facts["deleted"] === true) return isReady(id) ? "deleted" : "deleting";
    if (facts["failure"] !== undefined) return "failed";
    return facts["type"] === "gateway" || isReady(id) ? "available" : "pending";
  };
  /** A deleted endpoint is not listed for long. */
  const sweep = (): void => {
    for (const each of ofKind("vpce")) if (stateOf(each) === "deleted") store.drop("vpce", each.id);
  };

  return {
    endpointServices: async (type) => offered[type],
    vpcEndpoints: async (query) => {
      sweep();
      return where("vpce", query).map((each) => {
        const { id, tags, facts } = each;
        return { id, tags, ...facts, state: stateOf(each) } as unknown as VpcEndpoint;
      });
    },
    createVpcEndpoint: (endpoint, tags) => {
      const action = "EC2 CreateVpcEndpoint";
      const { vpcId, service, type } = endpoint;
      const lists = { routeTableIds: [], subnetIds: [], groupIds: [], privateDns: type === "interface" };
      const own =
        endpoint.type === "gateway"
          ? { routeTableIds: endpoint.routeTableIds }
          : { subnetIds: endpoint.subnetIds, groupIds: [endpoint.groupId] };
      return make("vpce", tags, { vpcId, service, type, ...lists, ...own }, () => {
        const vpc = known(action, "vpc", vpcId);
        const exists = offered[type].includes(service);
        demand(exists, action, "InvalidServiceName", `The Vpc Endpoint Service '${service}' does not exist`);
        const others = where("vpce", { vpcId }).filter(
          ({ facts }) => facts["service"] === service && facts["deleted"] !== true,
        );
        if (endpoint.type === "gateway") {
          for (const id of endpoint.routeTableIds) {
            known(action, "rtb", id);
            const taken = others.some((each) => idsIn(each, "routeTableIds").includes(id));
            demand(!taken, action, "RouteAlreadyExists", `route table ${id} already has a route to ${service}`);
          }
          return;
        }
        const dns = vpc.facts["dnsSupport"] === true && vpc.facts["dnsHostnames"] === true;
        demand(
          dns,
          action,
          "InvalidParameter",
          "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames",
        );
        for (const id of endpoint.subnetIds) known(action, "subnet", id);
        known(action, "sg", endpoint.groupId);
        const doubled = others.some(({ facts }) => facts["privateDns"] === true);
        demand(
          !doubled,
          action,
          "InvalidParameter",
          `private-dns-enabled cannot be set because there is already a conflicting DNS domain`,
        );
      });
    },
    changeVpcEndpoint: (id, change) => {
      const action = "EC2 ModifyVpcEndpoint";
      return set([action, "vpce", id], {}, (endpoint) => {
        const merged = (list: string, add: readonly string[] = [], drop: readonly string[] = []): readonly string[] =>
          [...new Set([...idsIn(endpoint, list), ...add])].filter((each) => !drop.includes(each));
        for (const each of change.addRouteTableIds ?? []) known(action, "rtb", each);
        for (const each of change.addSubnetIds ?? []) known(action, "subnet", each);
        for (const each of change.addGroupIds ?? []) known(action, "sg", each);
        Object.assign(endpoint.facts, {
          routeTableIds: merged("routeTableIds", change.addRouteTableIds, change.removeRouteTableIds),
          subnetIds: merged("subnetIds", change.addSubnetIds, change.removeSubnetIds),
          groupIds: merged("groupIds", change.addGroupIds),
          ...(change.privateDns === undefined ? {} : { privateDns: true }),
        });
      });
    },
    deleteVpcEndpoint: async (id) => {
      const endpoint = ofKind("vpce").find((each) => each.id === id);
      if (endpoint === undefined) return;
      await change(() => {
        endpoint.facts["deleted"] = true;
        begin(id);
      });
    },

    groupsIn: async (vpcId) =>
      where("sg", { vpcId }).map(({ id, tags, facts }) => ({ id, name: String(facts["name"]), tags })),
    revokeRules: (id) => set(["EC2 RevokeSecurityGroupIngress", "sg", id], { ingress: [] }),

    networkInterfaces: async (vpcId) =>
      where("eni", { vpcId }).map(({ id, facts }) => ({ id, groupIds: [], ...facts }) as unknown as NetworkInterface),
    deleteNetworkInterface: (id) =>
      remove("eni", id, ({ facts }) => {
        const free = facts["status"] === "available";
        const why = `Network interface '${id}' is currently in use.`;
        demand(free, "EC2 DeleteNetworkInterface", "InvalidParameterValue", why);
      }),
  };
}
