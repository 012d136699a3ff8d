import { beforeEach, describe, expect, it } from "vitest";
import { type OthersVpc, othersVpc } from "../../test/support/given-vpc.ts";
import type { Made } from "../../test/support/memory-ec2.ts";
import { oneRegion, type OneRegion, type RegionInput } from "../../test/support/one-region.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { planDestruction } from "./destroy.ts";
import { regionPlanText } from "./plan-text.ts";

const { signal } = new AbortController();
let eu: OneRegion;
let others: OthersVpc;
/** What exists before gennet runs, as it was. */
let before: readonly string[];

beforeEach(async () => {
  eu = oneRegion();
  others = await othersVpc(eu.cloud, ["euw1-az1", "euw1-az2"]);
  before = frozen(eu.cloud.things);
});

function frozen(things: readonly Made[]): readonly string[] {
  return things.map((thing) => JSON.stringify(thing));
}

async function findings(network: RegionInput["network"] = others.network) {
  const plan = await eu.plan(eu.world({ network }));
  return plan.findings.filter(({ severity }) => severity === "warn" || severity === "fail");
}

function thing(id: string): Made {
  const found = eu.cloud.things.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

describe("a VPC that gennet.yaml gives", () => {
  it("The region is built in it, and nothing of it is changed, tagged or removed", async () => {
    const world = eu.world({ network: { ...others.network, endpoints: ["sts"] } });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(await eu.pending(world)).toEqual({});
    expect(frozen(eu.cloud.things)).toEqual(expect.arrayContaining([...before]));
    const made = eu.cloud.things.slice(before.length).map(({ kind }) => kind);
    for (const kind of nonEmpty(["vpc", "subnet", "igw", "nat", "eip", "rtb", "fl"])) expect(made).not.toContain(kind);
    expect(eu.cloud.clusters.get("acme-eu")).toMatchObject({ vpcId: others.vpc, subnetIds: others.private });
    expect([...eu.cloud.nodegroups.values()]).toMatchObject([{ subnetIds: others.private }]);
    const group = eu.cloud.things.find(({ tags }) => tags["gennet:resource"] === "endpoints");
    expect(group?.facts["ingress"]).toMatchObject([{ text: "tcp 443 from 10.20.0.0/16" }]);
  });

  it("A destruction leaves it as it is, and says so", async () => {
    const world = eu.world({ network: others.network });
    await eu.bootstrap(world);
    const part = { region: "eu", isLast: true, except: [] };
    const { plan, kept } = await planDestruction([world], part, signal);
    const steps = plan.regions.flatMap(({ changes }) => changes.map(({ step }) => step));
    expect(steps).toContain("cluster");
    for (const step of nonEmpty([
      "vpc",
      "internet-gateway",
      "public-routes",
      "private-routes",
      "regional-nat-gateway",
    ])) {
      expect(steps).not.toContain(step);
    }
    expect(kept.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        `VPC ${others.vpc}: gennet.yaml gives it, so it is left as it is`,
        `Subnets ${[...others.private, ...others.public].join(", ")}: gennet.yaml gives it, so it is left as it is`,
      ]),
    );
  });

  it("A plan lists it as given", async () => {
    const plan = await eu.plan(eu.world({ network: others.network }));
    expect(plan.regions[0]?.given).toMatchObject([
      { step: "vpc", what: others.vpc },
      { step: "subnets", title: "Subnets" },
    ]);
    const text = regionPlanText(plan, { paint: (_tone, shown) => shown, wide: false });
    expect(text).toMatch(new RegExp(`= VPC +${others.vpc} \\(given\\)`));
    expect(await findings()).toEqual([]);
  });

  it("What is wrong with it blocks the plan, with the field and its place", async () => {
    const world = eu.world({ network: others.network });
    const placeOf = (path: readonly (string | number)[]): string => `gennet.yaml:9:${path.length}`;
    const reason = async (own = world): Promise<string | undefined> => {
      const { changes = [] } = (await eu.plan({ ...own, placeOf })).regions[0] ?? {};
      return changes.find(({ obstacle, step }) => obstacle !== undefined && ["vpc", "subnets"].includes(step))?.obstacle
        ?.reason;
    };
    const missing = eu.world({ network: { ...others.network, vpc: "vpc-99" } });
    expect(await reason(missing)).toBe(
      "network.vpc (gennet.yaml:9:4): there is no vpc-99 in eu-west-1 of account 111122223333",
    );
    thing(others.vpc).facts["dnsHostnames"] = false;
    expect(await reason()).toMatch(
      new RegExp(`^network.vpc \\(gennet.yaml:9:4\\): DNS host names of ${others.vpc} is off.*--enable-dns-hostnames`),
    );
    thing(others.vpc).facts["dnsHostnames"] = true;
    thing(others.vpc).facts["state"] = "pending";
    expect(await reason()).toContain(`${others.vpc} is pending`);
    delete thing(others.vpc).facts["state"];
    const [first = ""] = others.private;
    thing(first).facts["state"] = "failed-insufficient-capacity";
    expect(await reason()).toBe(
      `network.subnets.private.0 (gennet.yaml:9:6): ${first} is failed-insufficient-capacity`,
    );
    delete thing(first).facts["state"];
    thing(first).facts["zone"] = "use1-az3";
    expect(await reason()).toContain(`${first} is in use1-az3, where EKS has no control planes`);
    thing(first).facts["zone"] = "euw1-az2";
    expect(await reason()).toContain("all of them are in euw1-az2, and EKS needs two zones");
    thing(first).facts["zone"] = "euw1-az1";
    const foreign = eu.world({ network: { vpc: others.vpc, subnets: { private: [first, "subnet-99"] } } });
    expect(await reason(foreign)).toContain(`${others.vpc} has no subnet subnet-99`);
    expect(await reason()).toBeUndefined();
  });

  it("A VPC that gennet made for the region is not given to it", async () => {
    await eu.bootstrap(eu.world());
    const own = eu.cloud.things.find(({ kind, tags }) => kind === "vpc" && tags["gennet:region"] === "eu")?.id ?? "";
    const pending = await eu.pending(eu.world({ network: others.network }));
    expect(pending["vpc"]).toContain(`region eu has ${own}, which gennet made: destroy the region before it moves to`);
    const same = await eu.pending(eu.world({ network: { ...others.network, vpc: own } }));
    expect(same["vpc"]).toContain(`${own} is what gennet made for region eu: remove network.vpc`);
  });

  it("Subnets without a way out need endpoints, and one of S3", async () => {
    const ec2 = await eu.cloud.aws.service("ec2");
    await ec2.removeRoute(others.table, "0.0.0.0/0", signal);
    expect((await findings()).map(({ id, severity }) => [id, severity])).toEqual([
      ["preflight/given-network", "fail"],
      ["preflight/endpoint", "fail"],
    ]);
    const tags = { owner: "network-team" };
    const service = "com.amazonaws.eu-west-1.s3";
    await ec2.createVpcEndpoint(
      { type: "gateway", vpcId: others.vpc, service, routeTableIds: [others.table] },
      tags,
      signal,
    );
    for (let read = 0; read < 5; read++) await ec2.vpcEndpoints({ vpcId: others.vpc }, signal);
    const endpoints = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks-auth"];
    expect(await findings({ ...others.network, endpoints })).toEqual([]);
  });

  it("A route to an internet gateway is no way out for nodes without public addresses", async () => {
    const ec2 = await eu.cloud.aws.service("ec2");
    await ec2.setRoute(others.table, "0.0.0.0/0", others.gateway, signal);
    expect((await findings()).map(({ id }) => id)).toContain("preflight/endpoint");
  });

  it("Missing tags of load balancers, too few addresses and enforced encryption are warnings with a command", async () => {
    const [first = "", second = ""] = others.private;
    const made = eu.cloud.things.findIndex(({ id }) => id === first);
    eu.cloud.things[made] = { ...thing(first), tags: {} };
    thing(second).facts["free"] = 7;
    thing(others.vpc).facts["encryptionControl"] = { mode: "enforce", state: "available" };
    expect(await findings()).toMatchObject([
      {
        id: "preflight/given-network",
        severity: "warn",
        subject: "network.subnets.private",
        fix: `aws ec2 create-tags --resources ${first} --tags Key=kubernetes.io/role/internal-elb,Value=1 --region eu-west-1`,
      },
      { id: "preflight/given-network", severity: "warn", summary: expect.stringContaining("encryption in transit") },
      { id: "preflight/addresses", severity: "warn", subject: `network.subnets.private.1 ${second}` },
    ]);
  });

  it("An endpoint that the VPC already has is refused before AWS does so", async () => {
    const ec2 = await eu.cloud.aws.service("ec2");
    const tags = { owner: "network-team" };
    const groupId = await ec2.createSecurityGroup({ name: "e", description: "e", vpcId: others.vpc, tags }, signal);
    const service = "com.amazonaws.eu-west-1.sts";
    const [subnet = ""] = others.private;
    const request = { type: "interface", vpcId: others.vpc, service, subnetIds: [subnet], groupId } as const;
    const id = await ec2.createVpcEndpoint(request, tags, signal);
    expect(await findings({ ...others.network, endpoints: ["sts"] })).toMatchObject([
      {
        severity: "fail",
        subject: "network.endpoints.0",
        summary: `${others.vpc} already has ${id} of ${service}, and AWS allows no second one`,
      },
    ]);
  });

  it("Its ranges are compared with those of other VPCs", async () => {
    const ec2 = await eu.cloud.aws.service("ec2");
    const near = await ec2.createVpc("10.20.128.0/17", { owner: "someone" }, signal);
    expect(await findings()).toMatchObject([
      { id: "preflight/ranges", severity: "warn", summary: expect.stringContaining(`10.20.128.0/17 of ${near}`) },
    ]);
  });

  it("What the cluster left behind in it is deleted with the region", async () => {
    const world = eu.world({ network: others.network });
    const ec2 = await eu.cloud.aws.service("ec2");
    const tags = { "kubernetes.io/cluster/acme-eu": "owned" };
    const left = { name: "k8s-elb-1", description: "left", vpcId: others.vpc, tags };
    await ec2.createSecurityGroup(left, signal);
    await ec2.createSecurityGroup({ ...left, name: "theirs", tags: { owner: "network-team" } }, signal);
    const { plan } = await planDestruction([world], { region: "eu", isLast: true, except: [] }, signal);
    const vpc = plan.regions[0]?.changes.find(({ step }) => step === "vpc");
    expect(vpc?.operations).toEqual([{ verb: "delete", target: "security group k8s-elb-1" }]);
  });
});

describe("a KMS key that gennet.yaml gives", () => {
  it.each(["alias/shared", "1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-0123456789abcdef0123456789abcdef"])(
    "A key can be given as %s, and roles may use it",
    async (encryptionKey) => {
      const kms = await eu.cloud.aws.service("kms");
      await kms.createKey(
        { description: "shared", policy: { Version: "2012-10-17", Statement: [] }, tags: { a: "b" } },
        signal,
      );
      const [theirs] = [...eu.cloud.keys.values()];
      if (theirs === undefined) throw new Error("there is no key");
      eu.cloud.aliases.set("alias/shared", theirs.id);
      eu.cloud.keys.set(encryptionKey, theirs);
      const world = eu.world({ encryptionKey });
      expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
      expect(await eu.pending(world)).toEqual({});
      expect(eu.cloud.clusters.get("acme-eu")?.encryptionKeyArn).toBe(theirs.arn);
      const role = eu.cloud.roles.get("acme-eu-cluster");
      const { Statement } = role?.inline["encryption-key"] ?? {};
      const isAlias = encryptionKey.startsWith("alias/");
      const own = "arn:aws:kms:eu-west-1:111122223333:key/";
      expect([Statement].flat()[0]).toMatchObject({ Resource: isAlias ? `${own}*` : `${own}${encryptionKey}` });
    },
  );

  it("A key for signing is refused, and that a policy cannot be proved is noted", async () => {
    const world = eu.world({ encryptionKey: "alias/signing" });
    const usable = async () => ({ arn: "arn", state: "Enabled", spec: "RSA_2048", usage: "SIGN_VERIFY" });
    const service: typeof world.aws.service = async (name) =>
      name === "kms" ? ({ usable } as never) : eu.cloud.aws.service(name);
    const plan = await eu.plan({ ...world, aws: { ...world.aws, service } });
    expect(plan.regions[0]?.changes.find(({ step }) => step === "kms-key")?.obstacle?.reason).toBe(
      "encryptionKey: the key is RSA_2048 for SIGN_VERIFY, and AWS services need SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT",
    );
    expect(plan.findings).toContainEqual(expect.objectContaining({ id: "preflight/given-key", severity: "skip" }));
  });
});
