import type { z } from "zod";
import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import type { Aws } from "../../aws/port.ts";
import type { Quotas } from "../../aws/quotas/port.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { Operation } from "../../core/operation.ts";
import { creation, update } from "../../core/resource.ts";
import { platformSchema, type Region } from "../../platform/schema.ts";
import { regionPlanText } from "../plan-text.ts";
import { exitOfPlan, planRegions, type RegionPlan } from "../region-plan.ts";
import type { RegionWorld } from "../world.ts";
import { assertFeasible, preflight } from "./preflight.ts";

type Input = Partial<z.input<typeof platformSchema>["regions"][number]>;

const { signal } = new AbortController();
const accountId = "111122223333";
let eu: MemoryAws;
let us: MemoryAws;

beforeEach(() => {
  eu = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId });
  us = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
});

function worldOf(cloud: MemoryAws, input: Input = {}): RegionWorld {
  const { name, awsRegion } = cloud.aws.target;
  const platform = platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    regions: [{ name, awsRegion, accountId, cluster: `acme-${name}`, ...input }],
  });
  const region = platform.regions[0] as Region;
  return { platform, region, aws: cloud.aws, cluster: async () => memoryCluster(name).cluster };
}

const tags = { owner: "someone" };

function redisOf(redis: NonNullable<NonNullable<z.input<typeof platformSchema>["stores"]>["redis"]>) {
  const regions = [{ name: "eu", awsRegion: "eu-west-1", accountId, cluster: "acme-eu" }];
  return platformSchema.parse({ name: "acme", domain: "acme.example", stores: { redis }, regions }).stores.redis;
}

/** Plans a region, with what is fine left out. */
async function findings(input: Input = {}, id = ""): Promise<readonly Finding[]> {
  const plan = await planRegions([worldOf(eu, input)], signal);
  return plan.findings.filter((each) => each.id.startsWith(`preflight/${id}`) && each.severity !== "ok");
}

function withQuotas(quotas: Partial<Quotas>): Aws {
  return {
    ...eu.aws,
    service: async (name) => (name === "quotas" ? (quotas as never) : eu.aws.service(name)),
  };
}

describe("a plan that AWS can make", () => {
  it("Everything that is checked is fine in an empty account, apart from permissions without a dry run", async () => {
    const plan = await planRegions([worldOf(eu)], signal);
    const bad = plan.findings.filter(({ severity }) => severity !== "ok");
    expect(bad).toMatchObject([
      { id: "preflight/permissions", severity: "skip", subject: "iam:CreateRole, eks:CreateCluster" },
    ]);
    expect(exitOfPlan(plan)).toBe(8);
    expect(eu.changes()).toBe(0);
    expect(new Set(plan.findings.map(({ id }) => id))).toEqual(
      new Set(
        ["kubernetes-version", "instance-type", "ranges", "quotas", "balancers", "permissions"].map(
          (id) => `preflight/${id}`,
        ),
      ),
    );
  });

  it("The version's support dates are in the finding, with what happens afterwards", async () => {
    const version = async (kubernetes: Input["kubernetes"]) =>
      (await planRegions([worldOf(eu, { kubernetes })], signal)).findings.find(({ id }) => id.endsWith("version"));
    expect(await version({})).toMatchObject({
      severity: "ok",
      subject: "Kubernetes 1.34",
      summary: "standard support until 2027-01-01, then extended support until 2028-01-01",
    });
    expect(await version({ support: "standard" })).toMatchObject({
      summary: "standard support until 2027-01-01, then EKS upgrades the cluster",
    });
    expect(await version({ version: "1.31" })).toMatchObject({
      severity: "warn",
      summary: "extended support until 2027-01-01, which costs more",
    });
  });

  it("Nothing is asked about what the plan does not create", async () => {
    const asked: string[] = [];
    const aws: Aws = {
      ...eu.aws,
      service: async (name) => {
        asked.push(name);
        return eu.aws.service(name);
      },
    };
    const entry = { name: "eu", awsRegion: "eu-west-1", accountId, spec: "", changes: [] };
    expect(await preflight([{ ...worldOf(eu), aws }], [entry], signal)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe("what AWS cannot make", () => {
  it.each([
    [
      "a Kubernetes version that EKS does not offer",
      { kubernetes: { version: "1.99" } },
      {
        id: "preflight/kubernetes-version",
        summary: "EKS does not offer it in eu-west-1, but 1.31, 1.32, 1.33, 1.34, 1.35",
        fix: "Set kubernetes.version of region eu in gennet.yaml to one of them.",
      },
    ],
    [
      "a version in its older spelling",
      { kubernetesVersion: "1.99" },
      { id: "preflight/kubernetes-version", subject: "Kubernetes 1.99" },
    ],
    [
      "an instance type that does not exist",
      { nodes: { instanceType: "nonsense.9xl" } },
      { id: "preflight/instance-type", subject: "instance type nonsense.9xl", summary: "not offered in eu-west-1" },
    ],
    [
      "a public endpoint that shuts out the NAT gateway",
      { kubernetes: { endpoint: { private: false, cidrs: ["192.0.2.0/24"] } } },
      {
        id: "preflight/endpoint",
        summary:
          "it is only public, and kubernetes.endpoint.cidrs cannot contain the NAT gateway's address, which AWS chooses at its creation",
      },
    ],
  ] as const)("A plan with %s exits with 3 and says what to change", async (_name, input, finding) => {
    const plan = await planRegions([worldOf(eu, input as Input)], signal);
    expect(plan.findings.filter(({ severity }) => severity === "fail")).toMatchObject([{ region: "eu", ...finding }]);
    expect(exitOfPlan(plan)).toBe(3);
    expect(() => assertFeasible(plan)).toThrowError(/^No changes made\. eu: /);
  });

  it("Zones without the instance type are named", async () => {
    eu.market.emptyZones.add("euw1-az2").add("euw1-az4");
    expect(await findings({}, "instance")).toMatchObject([
      { severity: "fail", summary: "only offered in euw1-az1, euw1-az3, but network.zones requires 3 zones" },
    ]);
    expect(await findings({ network: { zones: ["euw1-az1", "euw1-az2"] } }, "instance")).toMatchObject([
      { severity: "fail", summary: "not offered in zone euw1-az2" },
    ]);
  });

  it("A quota that the plan would exceed is a failure, with the request for a higher one", async () => {
    const ec2 = await eu.aws.service("ec2");
    for (let at = 0; at < 5; at++) await ec2.createVpc(`10.${50 + at}.0.0/16`, tags, signal);
    expect(await findings({ profile: "ops" }, "quotas")).toMatchObject([
      {
        severity: "fail",
        subject: "quota vpc VPCs per Region",
        summary: "5 of 5 in use, and the plan creates 1",
        fix: "aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region eu-west-1 --profile ops",
        evidence: { value: 5, used: 5, needed: 1 },
      },
    ]);
  });

  it("vCPUs must suffice for the first nodes; the most nodes that there may be are a warning", async () => {
    const vcpus = async (value: number): Promise<readonly Finding[]> => {
      eu.quotas.set("ec2/L-1216C47A", { name: "Standard instances", value });
      return findings({}, "quotas");
    };
    expect(await vcpus(12)).toEqual([]);
    expect(await vcpus(11)).toMatchObject([
      { severity: "warn", summary: "0 of 11 vCPUs in use, and 3 nodes take 6; nodes.max 6 would take 12" },
    ]);
    expect(await vcpus(5)).toMatchObject([{ severity: "fail", summary: "0 of 5 vCPUs in use, and 3 nodes take 6" }]);
  });

  it("Databases are counted, too", async () => {
    eu.quotas.set("rds/L-7B6409FD", { name: "DB instances", value: 0 });
    const operations = [{ verb: "create", target: "acme-eu" }] as const;
    const change = {
      step: "postgres",
      title: "PostgreSQL",
      operations,
      action: "create",
      summary: "",
      details: [],
    } as const;
    const entry = { name: "eu", awsRegion: "eu-west-1", accountId, spec: "", changes: [change] };
    expect(await preflight([worldOf(eu)], [entry], signal)).toMatchObject([
      { severity: "fail", subject: "quota rds DB instances", summary: "0 of 0 in use, and the plan creates 1" },
    ]);
  });

  it("NAT gateways in one zone, node groups in the cluster and all nodes of the cache are counted, too", async () => {
    eu.quotas.set("vpc/L-FE5A380F", { name: "NAT gateways per Availability Zone", value: 0 });
    eu.quotas.set("eks/L-6D54EA21", { name: "Managed node groups per cluster", value: 0 });
    eu.quotas.set("elasticache/L-DFE45DF3", { name: "Nodes per Region", value: 2 });
    const world = worldOf(eu, { network: { nat: "zonal" } });
    const platform = { ...world.platform, stores: { ...world.platform.stores, redis: redisOf({ replicas: 2 }) } };
    const plan = await planRegions([{ ...world, platform }], signal);
    const failed = plan.findings.filter(({ id, severity }) => id === "preflight/quotas" && severity === "fail");
    expect(failed).toMatchObject([
      { subject: "quota vpc NAT gateways per Availability Zone", summary: "0 of 0 in use, and the plan creates 1" },
      { subject: "quota eks Managed node groups per cluster", summary: "0 of 0 in use, and the plan creates 1" },
      { subject: "quota elasticache Nodes per Region", summary: "0 of 2 in use, and the plan creates 3" },
    ]);
  });

  it("Instances of PostgreSQL and Neptune count together, and clusters of Neptune have their own quota", async () => {
    eu.quotas.set("rds/L-7B6409FD", { name: "DB instances", value: 3 });
    eu.quotas.set("rds/L-952B80B8", { name: "DB clusters", value: 0 });
    const stores = { postgres: {}, graph: "neptune", neptune: { replicas: 2 } };
    const world = worldOf(eu);
    const platform = { ...world.platform, stores: platformSchema.shape.stores.parse(stores) };
    const plan = await planRegions([{ ...world, platform }], signal);
    const failed = plan.findings.filter(({ id, severity }) => id === "preflight/quotas" && severity === "fail");
    expect(failed).toMatchObject([
      { subject: "quota rds DB instances", summary: "0 of 3 in use, and the plan creates 4" },
      { subject: "quota rds DB clusters", summary: "0 of 0 in use, and the plan creates 1" },
    ]);
  });

  it("A quota that AWS does not have in the region, or of another family of instances, is a note", async () => {
    eu.quotas.delete("vpc/L-F678F1CE");
    expect(await findings({ nodes: { instanceType: "g5.xlarge" } }, "quotas")).toMatchObject([
      { severity: "skip", subject: "quota vpc L-F678F1CE" },
      { severity: "skip", subject: "quota of vCPUs", summary: "not known: g5.xlarge has the quota of its own family" },
    ]);
  });

  it("Quotas that may not be read are notes, and no answer is unknown", async () => {
    const plan = async (failure: AppError): Promise<RegionPlan> => {
      const quota: Quotas["quota"] = () => Promise.reject(failure);
      return planRegions([{ ...worldOf(eu), aws: withQuotas({ quota }) }], signal);
    };
    const denied = await plan(new AppError("AWS_DENIED", "AWS denied GetServiceQuota"));
    const notes = denied.findings.filter(({ id }) => id === "preflight/quotas");
    for (const note of nonEmpty(notes)) {
      expect(note).toMatchObject({ severity: "skip", summary: "not known: AWS denied GetServiceQuota" });
    }
    expect(exitOfPlan(denied)).toBe(8);
    expect(() => assertFeasible(denied)).not.toThrow();
    const silent = await plan(new AppError("AWS_UNREACHABLE", "no answer"));
    expect(silent.findings).toContainEqual(expect.objectContaining({ id: "preflight/quotas", severity: "unknown" }));
    expect(exitOfPlan(silent)).toBe(5);
  });

  it("A call that AWS denies to the caller is found by a dry run", async () => {
    eu.market.denied.add("CreateVpc");
    expect(await findings({}, "permissions")).toMatchObject([
      { severity: "fail", subject: "ec2:CreateVpc", fix: expect.stringContaining("Allow it in IAM") },
      { severity: "skip" },
    ]);
  });

  it("A VPC of the account, or a region of the plan, with the same addresses is a warning", async () => {
    const ec2 = await eu.aws.service("ec2");
    const id = await ec2.createVpc("10.0.128.0/17", tags, signal);
    const plan = await planRegions([worldOf(eu), worldOf(us)], signal);
    expect(plan.findings.filter((each) => each.id === "preflight/ranges")).toMatchObject([
      {
        severity: "warn",
        region: "eu",
        summary: expect.stringContaining(`10.0.0.0/16 of region us, 10.0.128.0/17 of ${id}`),
      },
      { severity: "warn", region: "us", summary: expect.stringContaining("10.0.0.0/16 of region eu") },
    ]);
    expect(exitOfPlan(plan)).toBe(8);
  });

  it("A VPC of the account with the same addresses is a warning, too, where regions are peered", async () => {
    const ec2 = await eu.aws.service("ec2");
    const id = await ec2.createVpc("10.0.128.0/17", tags, signal);
    const peered = (world: RegionWorld): RegionWorld => ({
      ...world,
      platform: { ...world.platform, stores: platformSchema.shape.stores.parse({ postgres: { writes: "forward" } }) },
    });
    const worlds = [worldOf(eu), worldOf(us, { network: { cidr: "10.1.0.0/16" } })].map(peered);
    const change = { step: "vpc", title: "VPC", operations: [creation("acme-eu-vpc")] };
    const found = await preflight(worlds, [{ name: "eu", changes: [change] }], signal);
    const ranges = found.filter((each) => each.id === "preflight/ranges");
    expect(ranges).toMatchObject([{ severity: "warn", summary: expect.stringContaining(`10.0.128.0/17 of ${id}`) }]);
  });

  describe("access to the API server", () => {
    const isPrivate = { kubernetes: { endpoint: { public: false } } };
    const shut =
      "afterwards, it answers only in its VPC and in networks that are connected to it: this machine must be in one";
    const fix =
      "If it has no access then, set kubernetes.endpoint of region eu again, then run: gennet region bootstrap eu --only cluster";
    const clusterChanges = async (input: Input, operations: readonly Operation[]): Promise<readonly Finding[]> => {
      const found = await preflight(
        [worldOf(eu, input)],
        [{ name: "eu", changes: [{ step: "cluster", operations }] }],
        signal,
      );
      return found.filter((finding) => finding.id === "preflight/access");
    };

    it("A new cluster without a public endpoint is a warning, with how to restore it", async () => {
      expect(await findings(isPrivate, "access")).toMatchObject([{ severity: "warn", summary: shut, fix }]);
      expect(await findings({}, "access")).toEqual([]);
    });

    it("A cluster that loses its public endpoint is a warning, and one that gets it is none", async () => {
      const lost = update("acme-eu", "endpoint", ["private"], ["public", "private"]);
      expect(await clusterChanges(isPrivate, [lost])).toMatchObject([{ severity: "warn", summary: shut, fix }]);
      const won = update("acme-eu", "endpoint", ["public", "private"], ["private"]);
      expect(await clusterChanges({}, [won])).toEqual([]);
    });

    it("Narrower public ranges are a warning that says which ones are left", async () => {
      const narrower = update("acme-eu", "public ranges", ["192.0.2.0/24"], ["0.0.0.0/0"]);
      expect(await clusterChanges({}, [narrower])).toMatchObject([
        {
          severity: "warn",
          summary:
            "afterwards, it answers only 192.0.2.0/24 of the internet: this machine's address there must be one of them",
        },
      ]);
      const wider = update("acme-eu", "public ranges", ["192.0.2.0/24", "198.51.100.0/24"], ["192.0.2.0/24"]);
      expect(await clusterChanges({}, [wider])).toEqual([]);
      const whole = update("acme-eu", "public ranges", ["0.0.0.0/0"], ["192.0.2.0/24"]);
      expect(await clusterChanges({}, [whole])).toEqual([]);
    });
  });

  it("Nodes without a NAT gateway need endpoints for what they call", async () => {
    expect(await findings({ network: { nat: "none", endpoints: ["ec2", "sts"] } }, "endpoint")).toMatchObject([
      { severity: "fail", summary: expect.stringContaining("no ecr.api, ecr.dkr, eks-auth") },
    ]);
    const endpoints = ["ec2", "sts", "ecr.api", "ecr.dkr", "eks-auth"];
    expect(await findings({ network: { nat: "none", endpoints } }, "endpoint")).toEqual([]);
  });

  it("Subnets with few addresses are a warning", async () => {
    expect(await findings({ network: { cidr: "10.0.0.0/25" } }, "addresses")).toMatchObject([
      { severity: "warn", subject: "subnets of 10.0.0.0/25", summary: expect.stringMatching(/^11 free addresses; /) },
    ]);
  });
});

describe("load balancers of Services", () => {
  const balancer = (kind: string, number: number, tags: Readonly<Record<string, string>>) => ({
    arn: `arn:aws:elasticloadbalancing:us-east-1:${accountId}:loadbalancer/${kind}/${number}`,
    kind,
    tags,
  });
  const network = "elasticloadbalancing/L-69A177A2";

  it("A new cluster needs room for a load balancer of each kind, and for a target group", async () => {
    const plan = await planRegions([worldOf(eu)], signal);
    expect(plan.findings.filter(({ id }) => id === "preflight/balancers")).toMatchObject([
      { severity: "ok", subject: "quota elasticloadbalancing Application Load Balancers per Region" },
      { severity: "ok", summary: "0 of 50 in use, and the Services of the cluster take 1" },
      { severity: "ok", summary: "0 of 3000 in use, and the Services of the cluster take 1" },
    ]);
    eu.quotas.set(network, { name: "Network Load Balancers per Region", value: 1 });
    eu.balancers.push(balancer("network", 1, {}));
    expect(await findings({}, "balancers")).toMatchObject([
      {
        severity: "warn",
        summary: "1 of 1 in use, and the Services of the cluster take 1",
        fix: expect.stringContaining(
          "--service-code elasticloadbalancing --quota-code L-69A177A2 --desired-value 2 --region eu-west-1",
        ) as string,
      },
    ]);
  });

  it("It needs as much as the cluster of another region has, there and in the region that takes over", async () => {
    const own = { "elbv2.k8s.aws/cluster": "acme-us" };
    us.balancers.push(balancer("network", 1, own), balancer("network", 2, own), balancer("network", 3, {}));
    us.targetGroups.push(
      { arn: "one", loadBalancerArns: [balancer("network", 1, own).arn] },
      { arn: "two", loadBalancerArns: [] },
    );
    eu.quotas.set(network, { name: "Network Load Balancers per Region", value: 1 });
    us.quotas.set(network, { name: "Network Load Balancers per Region", value: 4 });
    const worlds = [worldOf(eu), worldOf(us, { network: { cidr: "10.1.0.0/16" } })];
    const plan = await planRegions([worldOf(eu)], signal);
    const found = (await preflight(worlds, plan.regions, signal)).filter(({ id }) => id === "preflight/balancers");
    expect(found.filter(({ severity }) => severity !== "ok")).toMatchObject([
      { severity: "warn", region: "eu", summary: "0 of 1 in use, and the Services of the cluster take 2" },
      {
        severity: "warn",
        region: "eu",
        subject: "takeover by us: network load balancers",
        summary: "1 are free there, and the Services of eu take 2",
        fix: expect.stringContaining("--quota-code L-69A177A2 --desired-value 5 --region us-east-1") as string,
      },
    ]);
    expect(found.find(({ subject }) => subject === "takeover by us: target groups")).toMatchObject({
      severity: "ok",
      summary: "2998 are free there, and the Services of eu take 1",
    });
  });

  it("What may not be counted, and a region that does not answer, are notes", async () => {
    const denied = new AppError("AWS_DENIED", "not allowed to do DescribeLoadBalancers");
    const gone = new AppError("AWS_UNREACHABLE", "no answer from us-east-1");
    const quiet = { ...worldOf(us), aws: { ...us.aws, verifyAccount: () => Promise.reject(gone) } };
    const quota: Quotas["quota"] = (...asked) => eu.aws.service("quotas").then((own) => own.quota(...asked));
    const world = { ...worldOf(eu), aws: withQuotas({ quota, used: () => Promise.reject(denied) }) };
    const plan = await planRegions([worldOf(eu)], signal);
    const found = (await preflight([world, quiet], plan.regions, signal)).filter(
      ({ id }) => id === "preflight/balancers",
    );
    expect(found.map(({ severity, summary }) => `${severity} ${summary}`)).toEqual([
      ...Array.from({ length: 3 }, () => "skip not known: not allowed to do DescribeLoadBalancers"),
      ...Array.from({ length: 3 }, () => "skip no answer from us-east-1"),
    ]);
  });
});

describe("taking over", () => {
  const takeovers = async (nodes: Input["nodes"] = {}): Promise<readonly Finding[]> => {
    const [one, two] = [worldOf(eu), worldOf(us, { nodes, network: { cidr: "10.1.0.0/16" } })];
    return (await planRegions([one, two], signal)).findings.filter(({ id }) => id === "preflight/takeover");
  };

  it("The other region must have room for the nodes beside its own", async () => {
    us.quotas.set("ec2/L-1216C47A", { name: "Standard instances", value: 12 });
    expect(await takeovers()).toMatchObject([
      { region: "eu", severity: "ok", summary: "6 vCPUs are free there, and 3 nodes of eu take 6" },
      { region: "us", severity: "ok" },
    ]);
    us.quotas.set("ec2/L-1216C47A", { name: "Standard instances", value: 11 });
    expect(await takeovers()).toMatchObject([
      {
        region: "eu",
        severity: "warn",
        subject: "takeover by us",
        summary: "5 vCPUs are free there, and 3 nodes of eu take 6",
        fix: expect.stringContaining("--quota-code L-1216C47A --desired-value 12 --region us-east-1"),
      },
      { region: "us", severity: "ok" },
    ]);
  });

  it("Another region that does not answer is a note: this one can be built without it", async () => {
    const gone = new AppError("AWS_UNREACHABLE", "no answer from us-east-1");
    const other = { ...worldOf(us), aws: { ...us.aws, verifyAccount: () => Promise.reject(gone) } };
    const plan = await planRegions([worldOf(eu)], signal);
    const found = await preflight([worldOf(eu), other], plan.regions, signal);
    expect(found.filter(({ id }) => id === "preflight/takeover")).toMatchObject([
      { region: "eu", severity: "skip", subject: "takeover by us", summary: "no answer from us-east-1" },
    ]);
  });

  it("A quota that is not known in the other region is a note", async () => {
    us.quotas.delete("ec2/L-1216C47A");
    expect(await takeovers()).toMatchObject([{ region: "eu", severity: "skip" }, { region: "us" }]);
  });
});

describe("the text of a plan", () => {
  it("Blockers are shown below their region, with the next step; what is fine only with -o wide", async () => {
    const plan = await planRegions([worldOf(eu, { kubernetes: { version: "1.99" } })], signal);
    const text = (wide: boolean): string => regionPlanText(plan, { paint: (_tone, said) => said, wide });
    expect(text(false)).toContain(
      "\n  ✖ Kubernetes 1.99: EKS does not offer it in eu-west-1, but 1.31, 1.32, 1.33, 1.34, 1.35 [preflight/kubernetes-version]\n      → Set kubernetes.version",
    );
    expect(text(false)).not.toContain("preflight/quotas");
    expect(text(true)).toContain(
      "✔ quota vpc VPCs per Region: 0 of 5 in use, and the plan creates 1 [preflight/quotas]",
    );
  });
});
