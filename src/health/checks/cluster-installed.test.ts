import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { mustBeUsed } from "../../../test/support/must-be-used.ts";
import type { NatGateway } from "../../aws/ec2/port.ts";
import type { Addon, EksCluster } from "../../aws/eks/port.ts";
import type { Tags } from "../../aws/tags.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { EksSource } from "../eks-reads.ts";
import { clusterAddons } from "./cluster-addons.ts";
import { clusterNetwork } from "./cluster-network.ts";

const tags = { "gennet:platform": "acme", "gennet:region": "eu", "gennet:managed": "true" };
const names = ["vpc-cni", "coredns"];
const gateway: NatGateway = {
  id: "nat-1",
  state: "available",
  vpcId: "vpc-1",
  subnetId: "subnet-1",
  mode: "zonal",
  connectivity: "public",
  addressIds: [],
  tags,
};

interface Answers {
  readonly tags?: Tags;
  readonly cluster?: null;
  readonly addons?: Readonly<Record<string, Partial<Addon>>>;
  readonly gateways?: readonly Partial<NatGateway>[] | Error;
  readonly natGateways?: number;
}

function eks({ addons = {}, gateways = [], natGateways = 1, ...answers }: Answers): EksSource {
  const left = new Set(Object.keys(addons));
  mustBeUsed("add-ons", () => [...left]);
  const cluster = answers.cluster === null ? undefined : ({ tags: answers.tags ?? tags } as unknown as EksCluster);
  return {
    name: "acme-eu",
    region: "eu",
    door: async () => ({ cluster: async () => cluster, nodegroups: async () => [] }),
    installed: {
      addons: names,
      natGateways,
      eks: async () => ({
        addon: async (_cluster, name) => {
          left.delete(name);
          const found = addons[name];
          return (
            found && {
              name,
              arn: `arn:aws:eks:eu-west-1:111122223333:addon/acme-eu/${name}`,
              status: "ACTIVE",
              issues: [],
              tags,
              ...found,
            }
          );
        },
      }),
      ec2: async () => ({
        natGateways: async (wanted) => {
          if (gateways instanceof Error) throw gateways;
          expect(wanted).toEqual({ tags: { "gennet:platform": "acme", "gennet:region": "eu" } });
          return gateways.map((each) => ({ ...gateway, ...each }));
        },
      }),
    },
  };
}

const addons = async (answers: Answers): Promise<readonly Finding[]> =>
  (await askOne(clusterAddons, { eks: eks(answers) })).findings;
const network = async (answers: Answers): Promise<readonly Finding[]> =>
  (await askOne(clusterNetwork, { eks: eks(answers) })).findings;

describe("cluster/addons", () => {
  it("Active add-ons are one finding", async () => {
    expect(await addons({ addons: { "vpc-cni": {}, coredns: {} } })).toMatchObject([
      { severity: "ok", subject: "2 add-ons", summary: "ACTIVE" },
    ]);
  });

  it("A missing add-on is a failure, with the command that installs it", async () => {
    expect(await addons({ addons: { coredns: {} } })).toMatchObject([
      { severity: "fail", subject: "add-on vpc-cni", summary: "is not installed", fix: "gennet region bootstrap eu" },
    ]);
  });

  it.each([
    ["CREATING", "warn"],
    ["UPDATING", "warn"],
    ["DEGRADED", "fail"],
    ["CREATE_FAILED", "fail"],
    ["UPDATE_FAILED", "fail"],
    ["DELETING", "fail"],
    ["DELETE_FAILED", "fail"],
  ])("An add-on that is %s is a finding of severity %s, with EKS's issues", async (status, severity) => {
    const issues = ["InsufficientNumberOfReplicas: none is running"];
    expect(await addons({ addons: { "vpc-cni": { status, issues }, coredns: {} } })).toMatchObject([
      { severity: "fail", summary: issues[0] },
      { severity, summary: status },
    ]);
  });
});

describe("cluster/network", () => {
  it("As many NAT gateways as gennet.yaml wants are fine, and none wanted is skipped", async () => {
    expect(await network({ gateways: [{}] })).toMatchObject([{ severity: "ok", subject: "1 NAT gateway" }]);
    expect(await network({ natGateways: 0 })).toMatchObject([{ severity: "skip" }]);
  });

  it("NAT gateways are found beside a cluster with the tag of an upgrade's bake", async () => {
    const baked = { ...tags, "gennet:baked": "u-1 2026-11-30T10:00:00.000Z 2026-11-30T11:00:00.000Z" };
    expect(await network({ tags: baked, gateways: [{}] })).toMatchObject([{ severity: "ok" }]);
  });

  it("A NAT gateway that was deleted or failed is a failure, and a new one a warning", async () => {
    const fix = "gennet region bootstrap eu";
    expect(await network({ gateways: [] })).toMatchObject([{ severity: "fail", summary: "0 of 1 available", fix }]);
    const failed = { state: "failed", failure: "Network has no Internet gateway attached" };
    expect(await network({ gateways: [failed] })).toMatchObject([
      { severity: "fail", summary: `0 of 1 available: ${failed.failure}` },
    ]);
    const [gone] = await network({ gateways: [{ state: "deleted" }, { id: "nat-2", state: "deleting" }] });
    expect(gone).toMatchObject({ severity: "fail", evidence: { states: ["nat-2 deleting"] } });
    expect(await network({ gateways: [{ state: "pending" }] })).toMatchObject([{ severity: "warn" }]);
    expect(await network({ natGateways: 3, gateways: [{}, {}] })).toMatchObject([
      { severity: "fail", summary: "2 of 3 available" },
    ]);
  });

  it("NAT gateways are unknown if AWS denies access", async () => {
    const denied = new AppError("AWS_DENIED", "not allowed to do EC2 DescribeNatGateways");
    expect(await network({ gateways: denied })).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});

it("Nothing is expected of a cluster that gennet has not created, that does not exist, or of a kubeconfig context", async () => {
  for (const ask of [addons, network]) {
    expect(await ask({ tags: { owner: "someone" } })).toMatchObject([
      { severity: "skip", summary: "the cluster was not created by gennet" },
    ]);
    expect(await ask({ cluster: null })).toMatchObject([{ severity: "skip" }]);
  }
  for (const check of [clusterAddons, clusterNetwork]) {
    expect((await askOne(check, {})).findings).toMatchObject([{ severity: "skip" }]);
  }
});
