import { beforeEach, describe, expect, it } from "vitest";
import { memoryAws } from "../../test/support/memory-aws.ts";
import { type NetworkInput, type NetworkTrial, networkTrial } from "../../test/support/network-trial.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import type { EksCluster } from "../aws/eks/port.ts";
import { AppError } from "../core/error.ts";
import { ownTags, type RegionWorld } from "./world.ts";
import { policyOf, statementsOf } from "../core/iam-policy.ts";
import { privateTable } from "./resources/subnet-names.ts";

const { signal } = new AbortController();

let trial: NetworkTrial;

beforeEach(() => {
  trial = networkTrial();
});

/** What each mode has beside what every network has. */
const modes = {
  none: {},
  one: { nat: 1, eip: 1 },
  zonal: { nat: 3, eip: 3 },
  regional: { nat: 1 },
} as const;
type Mode = keyof typeof modes;
const allModes = Object.keys(modes) as Mode[];
const always = { vpc: 1, igw: 1, subnet: 6, rtb: 4, vpce: 1, fl: 1, role: 1 };

/** Returns where 0.0.0.0/0 of a zone's private subnet goes: the name of a gateway. */
function wayOut(zone: number): string | undefined {
  const target = trial.thing(privateTable(zone)).facts["defaultRoute"];
  return trial.cloud.things.find(({ id }) => id === target)?.tags["gennet:resource"];
}

describe("the ways of private subnets to the internet", () => {
  const ways = {
    none: [undefined, undefined, undefined],
    one: ["nat", "nat", "nat"],
    zonal: ["nat", "nat-2", "nat-3"],
    regional: ["regional-nat", "regional-nat", "regional-nat"],
  };

  it.each(allModes)("A network with nat: %s has these gateways, and nothing is left to do", async (nat) => {
    await trial.apply({ nat });
    expect(trial.inventory()).toEqual({ ...always, ...modes[nat] });
    expect([1, 2, 3].map(wayOut)).toEqual(ways[nat]);
    expect(await trial.due({ nat })).toEqual({});
  });

  const changes = allModes.flatMap((from) => allModes.flatMap((to) => (to === from ? [] : [[from, to] as const])));

  it.each(nonEmpty(changes))(
    "A network with nat: %s becomes one with nat: %s, without what it no longer needs",
    async (from, to) => {
      await trial.apply({ nat: from });
      const results = await trial.apply({ nat: to });
      expect(nonEmpty(results).filter(({ outcome }) => !["changed", "unchanged"].includes(outcome))).toEqual([]);
      expect(trial.inventory()).toEqual({ ...always, ...modes[to] });
      expect([1, 2, 3].map(wayOut)).toEqual(ways[to]);
      expect(await trial.due({ nat: to })).toEqual({});
    },
  );

  it("Routes leave a gateway before it is deleted", async () => {
    await trial.apply({ nat: "zonal" });
    const { changes } = await trial.plan({ nat: "one" });
    const steps = changes.filter(({ operations }) => operations.length > 0).map(({ step }) => step);
    expect(steps[0]).toBe("private-routes");
    expect(steps.slice(1).toSorted()).toEqual(["nat-address-2", "nat-address-3", "nat-gateway-2", "nat-gateway-3"]);
    expect(steps.indexOf("nat-gateway-2")).toBeLessThan(steps.indexOf("nat-address-2"));
  });

  it("A default route that a person made stays in a network without NAT gateways", async () => {
    await trial.apply({ nat: "none" });
    trial.thing("private-routes").facts["defaultRoute"] = "tgw-1";
    expect(await trial.due({ nat: "none" })).toEqual({});
  });
});

describe("a NAT gateway that does not work", () => {
  const replaced = { "nat-gateway": ["create acme-eu-nat"] };

  it("A gateway that someone deleted is replaced, and the routes go to the new one", async () => {
    await trial.apply();
    const old = trial.thing("nat", "nat");
    await (await trial.cloud.aws.service("ec2")).deleteNatGateway(old.id, signal);
    const routes = [1, 2, 3].map((zone) => `update acme-eu-${privateTable(zone)} 0.0.0.0/0: ${old.id} → acme-eu-nat`);
    expect(await trial.due()).toEqual({ ...replaced, "private-routes": routes });
    // As long as AWS lists it, and afterwards.
    for (let read = 0; read < 3; read++) await trial.due();
    await trial.apply();
    expect(trial.inventory()).toEqual({ ...always, ...modes.one });
    expect(trial.thing("private-routes").facts["defaultRoute"]).not.toBe(old.id);
    expect(await trial.due()).toEqual({});
  });

  it("A gateway that failed is reported with AWS's reason, and replaced by the next run", async () => {
    await trial.apply({ nat: "none" });
    const gateway = trial.thing("igw");
    const vpcId = gateway.facts["vpcId"];
    const ec2 = await trial.cloud.aws.service("ec2");
    // The internet gateway is lost at the wrong moment.
    const failing: typeof ec2 = {
      ...ec2,
      createNatGateway: async (...args) => {
        gateway.facts["vpcId"] = undefined;
        const id = await ec2.createNatGateway(...args);
        gateway.facts["vpcId"] = vpcId;
        return id;
      },
    };
    const { aws } = trial.cloud;
    const service: typeof aws.service = async (name) => (name === "ec2" ? (failing as never) : aws.service(name));
    const cloud = { ...trial.cloud, aws: { ...aws, service } };
    const results = await networkTrial(cloud).apply();
    expect(results.find(({ step }) => step === "nat-gateway")).toMatchObject({
      outcome: "failed",
      summary: "NAT gateway: Network has no Internet gateway attached",
    });
    expect((await trial.due())["nat-gateway"]).toEqual(replaced["nat-gateway"]);
    await trial.apply();
    expect(trial.inventory()).toEqual({ ...always, ...modes.one });
    expect(await trial.due()).toEqual({});
  });

  it("A gateway whose address is another one is reported and not changed", async () => {
    await trial.apply();
    trial.thing("nat", "nat").facts["addressId"] = "eip-0";
    const before = trial.cloud.changes();
    expect(await trial.due()).toEqual({ "nat-gateway": ["update acme-eu-nat address: eip-0 → acme-eu-nat"] });
    await trial.apply();
    expect(trial.cloud.changes()).toBe(before);
  });
});

describe("a network that someone has changed", () => {
  const endpoints: NetworkInput = { endpoints: ["ecr.api", "sts"] };
  type Drift = readonly [what: string, resource: string, expected: string, change: (trial: NetworkTrial) => void];

  const facts = (name: string, changed: Record<string, unknown>, kind?: string) => (on: NetworkTrial) =>
    void Object.assign(on.thing(name, kind).facts, changed);
  const tags = (name: string, changed: Record<string, string | undefined>, kind?: string) => (on: NetworkTrial) =>
    void Object.assign(on.thing(name, kind).tags, changed);
  const internal = "kubernetes.io/role/internal-elb";

  const drifts: readonly Drift[] = [
    [
      "DNS host names are off",
      "vpc",
      "update acme-eu-vpc DNS host names: false → true",
      facts("vpc", { dnsHostnames: false }),
    ],
    [
      "DNS resolution is off",
      "vpc",
      "update acme-eu-vpc DNS resolution: false → true",
      facts("vpc", { dnsSupport: false }),
    ],
    ["the VPC has no name", "vpc", "update acme-eu-vpc tag Name: acme-eu-vpc", tags("vpc", { Name: undefined })],
    [
      "the VPC is no longer marked as managed",
      "vpc",
      "update acme-eu-vpc tag gennet:managed: true",
      tags("vpc", { "gennet:managed": undefined }),
    ],
    [
      "the internet gateway has another platform's tag",
      "internet-gateway",
      "update acme-eu-igw tag gennet:platform: other → acme",
      tags("igw", { "gennet:platform": "other" }),
    ],
    [
      "a subnet lost the tag for load balancers",
      "subnets",
      `update private-1 tag ${internal}: 1`,
      tags("private-1", { [internal]: undefined }),
    ],
    [
      "a subnet lost the tag by which it is known",
      "subnets",
      "update private-1 tag gennet:resource: private-1",
      tags("private-1", { "gennet:resource": undefined }),
    ],
    [
      "a public subnet gives no public addresses",
      "subnets",
      "update public-2 public addresses: false → true",
      facts("public-2", { assignsPublicIps: false }),
    ],
    [
      "a private subnet gives public addresses",
      "subnets",
      "update private-2 public addresses: true → false",
      facts("private-2", { assignsPublicIps: true }),
    ],
    [
      "an Elastic IP has no name",
      "nat-address",
      "update acme-eu-nat tag Name: acme-eu-nat",
      tags("nat", { Name: undefined }, "eip"),
    ],
    [
      "a NAT gateway lost the tag of its region",
      "nat-gateway",
      "update acme-eu-nat tag gennet:region: eu",
      tags("nat", { "gennet:region": undefined }, "nat"),
    ],
    [
      "a private subnet is routed to the internet gateway",
      "private-routes",
      "update acme-eu-private-routes 0.0.0.0/0: IGW → acme-eu-nat",
      (on) => void (on.thing("private-routes").facts["defaultRoute"] = on.thing("igw").id),
    ],
    [
      "the public subnets have no default route",
      "public-routes",
      "update acme-eu-public-routes 0.0.0.0/0: acme-eu-igw",
      facts("public-routes", { defaultRoute: undefined }),
    ],
    [
      "a subnet has no route table",
      "private-routes",
      "update acme-eu-private-routes-3 subnets: private-3",
      facts("private-routes-3", { associations: [] }),
    ],
    [
      "a subnet has another route table",
      "public-routes",
      "update acme-eu-public-routes subnets: public-3",
      (on) => {
        const table = on.thing("public-routes");
        const [, , third] = table.facts["associations"] as readonly unknown[];
        table.facts["associations"] = (table.facts["associations"] as readonly unknown[]).filter(
          (each) => each !== third,
        );
        const vpcId = table.facts["vpcId"];
        on.cloud.things.push({ kind: "rtb", id: "rtb-foreign", tags: {}, facts: { vpcId, associations: [third] } });
      },
    ],
    [
      "a route table lost a tag",
      "private-routes",
      "update acme-eu-private-routes-2 tag gennet:resource: private-routes-2",
      tags("private-routes-2", { "gennet:resource": undefined }),
    ],
    [
      "a route table has no route to S3",
      "s3-endpoint",
      "update acme-eu-endpoint-s3 route tables: some → all",
      (on) => {
        const { facts: own } = on.thing("endpoint-s3");
        own["routeTableIds"] = (own["routeTableIds"] as readonly string[]).slice(1);
      },
    ],
    [
      "the endpoint of S3 lost a tag",
      "s3-endpoint",
      "update acme-eu-endpoint-s3 tag gennet:platform: acme",
      tags("endpoint-s3", { "gennet:platform": undefined }),
    ],
    [
      "the VPC may not connect to endpoints",
      "endpoint-group",
      "update acme-eu-endpoints allows: nothing → tcp 443 from 10.0.0.0/16",
      facts("endpoints", { ingress: [] }),
    ],
    [
      "an endpoint has no private DNS",
      "endpoints",
      "update acme-eu-endpoint-sts private DNS: false → true",
      facts("endpoint-sts", { privateDns: false }),
    ],
    [
      "an endpoint is not in every zone",
      "endpoints",
      "update acme-eu-endpoint-sts subnets: private-1 → private-1,private-2,private-3",
      (on) => void (on.thing("endpoint-sts").facts["subnetIds"] = [on.thing("private-1").id]),
    ],
    [
      "an endpoint has another security group",
      "endpoints",
      "update acme-eu-endpoint-sts security group: sg-0 → acme-eu-endpoints",
      facts("endpoint-sts", { groupIds: ["sg-0"] }),
    ],
    [
      "the flow log lost a tag",
      "flow-log",
      "update acme-eu-flow-log tag gennet:managed: true",
      tags("flow-log", { "gennet:managed": undefined }),
    ],
    [
      "the flow log logs something else",
      "flow-log",
      "replace acme-eu-flow-log",
      facts("flow-log", { traffic: "ACCEPT" }),
    ],
    [
      "the flow log is kept for ever",
      "flow-log-group",
      "update /gennet/acme/eu/flow-log days kept: all → 30",
      ({ cloud: { logGroups } }) => {
        for (const [name, { retentionDays: _, ...group }] of logGroups) logGroups.set(name, group);
      },
    ],
  ];

  it.each(drifts)(
    "%s: the plan shows that and nothing else, and bootstrap corrects it",
    async (_what, resource, expected, change) => {
      await trial.apply(endpoints);
      change(trial);
      const words = expected.replace("IGW", trial.cloud.things.find(({ kind }) => kind === "igw")?.id ?? "");
      expect(await trial.due(endpoints)).toEqual({ [resource]: [words] });
      const before = trial.inventory();
      await trial.apply(endpoints);
      expect(await trial.due(endpoints)).toEqual({});
      expect(trial.inventory()).toEqual(before);
    },
  );

  it("A detached internet gateway is attached again, and its route works again", async () => {
    await trial.apply();
    trial.thing("igw").facts["vpcId"] = undefined;
    expect(await trial.due()).toEqual({
      "internet-gateway": ["update acme-eu-igw attached to: nothing → acme-eu-vpc"],
      "public-routes": ["update acme-eu-public-routes 0.0.0.0/0: nothing → acme-eu-igw"],
    });
    await trial.apply();
    expect(await trial.due()).toEqual({});
  });

  it("A name that a person gave stays", async () => {
    await trial.apply(endpoints);
    for (const { tags: own } of nonEmpty(trial.cloud.things)) Object.assign(own, { Name: "mine" });
    expect(await trial.due(endpoints)).toEqual({});
  });

  it.each([
    ["VPC", "vpc", "vpc", "VPC"],
    ["Elastic IP", "nat", "eip", "Elastic IP"],
    ["security group", "endpoints", "sg", "security group"],
  ])(
    "A resource that lost a tag of the region, or all tags, is not created a second time: %s",
    async (what, name, kind) => {
      await trial.apply(endpoints);
      const thing = trial.thing(name, kind);
      const { tags } = thing;
      const at = trial.cloud.things.indexOf(thing);
      const left = ["gennet:platform", "gennet:region"].map((lost) => ({ ...tags, [lost]: "" }));
      for (const own of [...left, {}]) {
        trial.cloud.things[at] = { ...thing, tags: own };
        const refusal = { code: "REGION_NOT_MANAGED", message: expect.stringContaining(what) };
        await expect(trial.due(endpoints)).rejects.toMatchObject(refusal);
        await expect(trial.planDestruction()).rejects.toMatchObject(refusal);
      }
      const { Name: _, "gennet:resource": __, ...others } = tags;
      trial.cloud.things[at] = { ...thing, tags: others };
      expect(
        Object.values(await trial.due(endpoints))
          .flat()
          .toSorted(),
      ).toEqual([
        `update acme-eu-${name} tag Name: acme-eu-${name}`,
        `update acme-eu-${name} tag gennet:resource: ${name}`,
      ]);
    },
  );

  it("A VPC whose subnets lost their tags, too, is not created a second time while it has the region's cluster", async () => {
    await trial.apply();
    const { things, clusters } = trial.cloud;
    const { id } = trial.thing("vpc");
    const world = { platform: { name: "acme" }, region: { name: "eu" } } as RegionWorld;
    const cluster = { name: "acme-eu", vpcId: id, tags: ownTags(world) } as unknown as EksCluster;
    clusters.set("acme-eu", cluster);
    for (const [at, thing] of things.entries()) things[at] = { ...thing, tags: {} };
    const before = trial.inventory();
    for (const plan of [await trial.plan(), await trial.planDestruction()]) {
      expect(plan.changes.find(({ step }) => step === "vpc")?.obstacle).toEqual({
        kind: "blocked",
        reason: `cluster acme-eu is in ${id}, which has no tags of gennet: put them back, or give it in network.vpc of gennet.yaml`,
        next: [
          `aws ec2 create-tags --resources ${id} --tags Key=Name,Value=acme-eu-vpc Key=gennet:platform,Value=acme Key=gennet:region,Value=eu Key=gennet:managed,Value=true Key=gennet:resource,Value=vpc --region eu-west-1  # if gennet created it`,
        ],
      });
    }
    await trial.apply();
    expect(trial.inventory()["vpc"]).toBe(before["vpc"]);
    clusters.set("acme-eu", { ...cluster, tags: { owner: "another-team" } });
    expect((await trial.plan()).changes.find(({ step }) => step === "vpc")?.obstacle).toBeUndefined();
  });

  it("Endpoints that gennet.yaml no longer names are deleted, with their security group", async () => {
    await trial.apply(endpoints);
    expect(await trial.due({ endpoints: ["sts"] })).toEqual({ endpoints: ["delete acme-eu-endpoint-ecr.api"] });
    await trial.apply({ endpoints: ["sts"] });
    expect(trial.inventory()).toMatchObject({ vpce: 2, sg: 1 });
    await trial.apply();
    expect(trial.inventory()).toEqual({ ...always, ...modes.one });
  });

  it("A network whose traffic is no longer logged has no flow log, no log group and no role", async () => {
    await trial.apply();
    await trial.apply({ flowLogs: false });
    const { fl: _, role: __, ...others } = always;
    expect(trial.inventory()).toEqual({ ...others, ...modes.one });
    expect(trial.cloud.logGroups.size).toBe(0);
    expect(await trial.due({ flowLogs: false })).toEqual({});
  });

  it("A service without an interface endpoint is reported and nothing of it is created", async () => {
    const results = await trial.apply({ endpoints: ["sts", "no-such"] });
    expect(results.find(({ step }) => step === "endpoints")).toMatchObject({
      outcome: "blocked",
      summary: "endpoint-no-such: eu-west-1 has no interface endpoint of no-such",
    });
  });
});

describe("zones", () => {
  it("Subnets are in the zones that gennet.yaml names", async () => {
    await trial.apply({ zones: ["euw1-az4", "euw1-az1"] });
    const zones = ["public-1", "public-2", "private-1", "private-2"].map((name) => trial.thing(name).facts["zone"]);
    expect(zones).toEqual(["euw1-az4", "euw1-az1", "euw1-az4", "euw1-az1"]);
    expect(await trial.due({ zones: ["euw1-az4", "euw1-az1"] })).toEqual({});
  });

  it("A network gets another zone, with its gateway, routes and endpoints", async () => {
    const two: NetworkInput = { zones: 2, nat: "zonal", endpoints: ["sts"] };
    await trial.apply(two);
    const four: NetworkInput = { ...two, zones: 4 };
    const results = await trial.apply(four);
    expect(nonEmpty(results).filter(({ outcome }) => !["changed", "unchanged"].includes(outcome))).toEqual([]);
    expect(trial.inventory()).toEqual({ ...always, subnet: 8, rtb: 5, nat: 4, eip: 4, vpce: 2, sg: 1 });
    expect(await trial.due(four)).toEqual({});
  });

  it("A zone that has subnets keeps them when gennet.yaml names others, and new zones come after it", async () => {
    await trial.apply({ zones: ["euw1-az4", "euw1-az1"] });
    const wider: NetworkInput = { zones: ["euw1-az1", "euw1-az2", "euw1-az3"], nat: "zonal" };
    await trial.apply(wider);
    expect(trial.thing("private-1").facts["zone"]).toBe("euw1-az4");
    expect([3, 4].map((place) => trial.thing(`private-${place}`).facts["zone"])).toEqual(["euw1-az2", "euw1-az3"]);
    // The gateway that gennet.yaml asks for keeps the zone that it no longer names.
    const { changes } = await trial.plan(wider);
    const pending = changes.filter(({ operations }) => operations.length > 0);
    expect(pending).toMatchObject([{ step: "former-subnets", obstacle: { kind: "blocked" } }]);
  });
});

describe("a network that is removed", () => {
  const everything: NetworkInput = { nat: "zonal", endpoints: ["sts"] };

  it.each(allModes)("Nothing is left of a network with nat: %s, and it can be created again", async (nat) => {
    await trial.apply({ nat, endpoints: ["sts"] });
    const results = await trial.destroy();
    expect(nonEmpty(results).filter(({ outcome }) => outcome !== "changed")).toEqual([]);
    expect(trial.inventory()).toEqual({});
    await trial.apply({ nat });
    expect(trial.inventory()).toEqual({ ...always, ...modes[nat] });
  });

  describe("in which a cluster leaves something behind", () => {
    const leaveInterface = (description: string): void => {
      const facts = {
        vpcId: trial.thing("vpc").id,
        subnetId: trial.thing("private-1").id,
        status: "available",
        description,
      };
      trial.cloud.things.push({ kind: "eni", id: `eni-${trial.cloud.things.length}`, tags: {}, facts });
    };
    const leaveGroup = (id: string, name: string, other: string, tags = {}): void => {
      const ingress = [{ id: `sgr-${id}`, text: `tcp 443 from ${other}` }];
      trial.cloud.things.push({ kind: "sg", id, tags, facts: { vpcId: trial.thing("vpc").id, name, ingress } });
    };
    const elbTags = { "kubernetes.io/cluster/acme-eu": "owned" };
    const eniOf = (at: number): string => trial.cloud.things.filter(({ kind }) => kind === "eni")[at]?.id ?? "";
    beforeEach(async () => void (await trial.apply()));

    it("It does not keep the network, and the plan names it", async () => {
      leaveInterface("aws-K8S-i-0abc");
      leaveInterface("Amazon EKS acme-eu");
      // They name each other.
      leaveGroup("sg-a", "k8s-elb-a1b2", "sg-b", elbTags);
      leaveGroup("sg-b", "eks-cluster-sg-acme-eu-123", "sg-a");
      const { changes } = await trial.planDestruction();
      const targets = (id: string): readonly string[] =>
        changes.find(({ step }) => step === id)?.operations.map(({ verb, target }) => `${verb} ${target}`) ?? [];
      expect(targets("subnets")).toEqual(
        expect.arrayContaining([
          "delete private-1",
          `delete network interface ${eniOf(0)} (aws-K8S-i-0abc)`,
          `delete network interface ${eniOf(1)} (Amazon EKS acme-eu)`,
        ]),
      );
      expect(targets("vpc")).toEqual([
        "delete acme-eu-vpc",
        "delete security group sg-a (k8s-elb-a1b2)",
        "delete security group sg-b (eks-cluster-sg-acme-eu-123)",
      ]);
      await trial.destroy();
      expect(trial.inventory()).toEqual({});
    });

    it("What appears after the plan was made is deleted, too, and the result says so", async () => {
      const plan = await trial.planDestruction();
      leaveInterface("aws-K8S-i-0abc");
      leaveGroup("sg-a", "k8s-elb-a1b2", "sg-c", elbTags);
      const interfaceId = eniOf(0);
      const results = await trial.destroy(plan);
      const summaryOf = (id: string): string => results.find(({ step }) => step === id)?.summary ?? "";
      expect(summaryOf("subnets")).toContain(
        `; also network interface ${interfaceId} (aws-K8S-i-0abc), which appeared after the plan was made`,
      );
      expect(summaryOf("vpc")).toBe(
        "acme-eu-vpc; also security group sg-a (k8s-elb-a1b2), which appeared after the plan was made",
      );
      expect(trial.inventory()).toEqual({});
    });
  });

  it("The security groups of another cluster in the VPC keep their rules", async () => {
    await trial.apply();
    const vpcId = trial.thing("vpc").id;
    const ingress = [{ id: "sgr-1", text: "tcp 443 from sg-1" }];
    const groups = [
      { name: "eks-cluster-sg-acme-eu2-123", tags: { "kubernetes.io/cluster/acme-eu2": "owned" } },
      { name: "k8s-elb-c3d4", tags: { "kubernetes.io/cluster/acme-eu2": "owned" } },
      { name: "databases", tags: { "kubernetes.io/cluster/acme-eu": "shared" } },
    ].map(({ name, tags }) => ({ kind: "sg", id: name, tags, facts: { vpcId, name, ingress } }));
    trial.cloud.things.push(...groups);
    const results = await trial.destroy();
    expect(results.find(({ step }) => step === "vpc")?.outcome).toBe("failed");
    expect(nonEmpty(groups).every((group) => trial.cloud.things.includes(group))).toBe(true);
    expect(groups.map(({ facts }) => facts.ingress)).toEqual(groups.map(() => ingress));
  });

  it("What something else still uses is not deleted, and AWS's reason is reported", async () => {
    await trial.apply();
    const facts = {
      vpcId: trial.thing("vpc").id,
      subnetId: trial.thing("private-1").id,
      status: "in-use",
      description: "mine",
    };
    trial.cloud.things.push({ kind: "eni", id: "eni-1", tags: {}, facts });
    const results = await trial.destroy();
    expect(results.find(({ step }) => step === "subnets")).toMatchObject({
      outcome: "failed",
      summary: expect.stringContaining("DependencyViolation"),
    });
    expect(trial.inventory()).toMatchObject({ vpc: 1, eni: 1 });
  });

  it("A removal that was killed at any change is finished by the next one", async () => {
    await trial.apply(everything);
    const built = trial.cloud.changes();
    await trial.destroy();
    const calls = trial.cloud.changes() - built;
    expect(calls).toBeGreaterThan(20);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        trial = networkTrial();
        await trial.apply(everything);
        trial.cloud.kill(n, when);
        await expect(trial.destroy()).rejects.toThrow("killed");
        trial.cloud.restart();
        await trial.destroy();
        expect(trial.inventory()).toEqual({});
      }
    }
  });
});

describe("the ways to S3", () => {
  it("A region can have an interface endpoint of S3 beside the gateway endpoint", async () => {
    const both: NetworkInput = { endpoints: ["s3"] };
    await trial.apply(both);
    expect(trial.inventory()).toMatchObject({ vpce: 2 });
    expect(await trial.due(both)).toEqual({});
    await trial.apply();
    expect(trial.inventory()).toEqual({ ...always, ...modes.one });
  });
});

describe("the role of the flow log", () => {
  it("The flow log can write to its own log group only, and only for the account", async () => {
    await trial.apply();
    const role = trial.cloud.roles.get("acme-eu-flow-log");
    expect(statementsOf(role?.inline["write-logs"] ?? policyOf())).toEqual([
      "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on arn:aws:logs:eu-west-1:111122223333:log-group:/gennet/acme/eu/flow-log:*",
      "logs:DescribeLogGroups on *",
    ]);
    expect(JSON.stringify(role?.trust)).toContain('"aws:SourceAccount":"111122223333"');
  });
});

describe("a network whose creation or change was killed", () => {
  const steps: readonly (readonly [what: string, from: NetworkInput | undefined, to: NetworkInput])[] = [
    ["the creation", undefined, { nat: "zonal", endpoints: ["sts", "ecr.api"] }],
    ["the change from one gateway to one for each zone", { nat: "one" }, { nat: "zonal" }],
    ["the change to a regional gateway", { nat: "zonal" }, { nat: "regional" }],
    ["the change to no gateway and no endpoint", { nat: "one", endpoints: ["sts"] }, { nat: "none" }],
  ];

  it.each(steps)("%s is continued after a kill at any change, and makes nothing twice", async (_what, from, to) => {
    const begun = async (): Promise<void> => {
      trial = networkTrial(memoryAws(trial.cloud.aws.target));
      if (from !== undefined) await trial.apply(from);
    };
    await begun();
    const before = trial.cloud.changes();
    await trial.apply(to);
    const calls = trial.cloud.changes() - before;
    const expected = trial.inventory();
    expect(calls).toBeGreaterThan(4);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        await begun();
        trial.cloud.kill(n, when);
        await expect(trial.apply(to)).rejects.toThrow("killed");
        trial.cloud.restart();
        await trial.apply(to);
        expect(trial.inventory()).toEqual(expected);
        expect(await trial.due(to)).toEqual({});
      }
    }
  });

  it("A change whose answer was lost once converges at the next run", async () => {
    await trial.apply({ nat: "zonal" });
    const calls = trial.cloud.changes();
    expect(calls).toBeGreaterThan(20);
    for (let n = 0; n < calls; n++) {
      trial = networkTrial();
      trial.cloud.strike(n, "after", new AppError("AWS_UNREACHABLE", "no answer"));
      await trial.apply({ nat: "zonal" });
      await trial.apply({ nat: "zonal" });
      expect(trial.inventory()).toEqual({ ...always, ...modes.zonal });
    }
  });
});
