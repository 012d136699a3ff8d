import { beforeEach, describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { type RegionTrial, regionTrial } from "../../../test/support/region-trial.ts";

let trial: RegionTrial;

function cloud(): RegionTrial["sites"][number]["cloud"] {
  return nonEmpty(trial.sites)[0].cloud;
}

function versions(): Record<string, string | undefined> {
  const { clusters, nodegroups, addons } = cloud();
  return {
    "control plane": clusters.get("acme-eu")?.version,
    nodes: nodegroups.get("default")?.version,
    ...Object.fromEntries([...addons].map(([name, { version }]) => [name, version])),
  };
}

function askFor(version: string): void {
  trial.edit((keys) => ({ ...keys, regions: keys.regions.map((region) => ({ ...region, kubernetes: { version } })) }));
}

beforeEach(async () => {
  trial = regionTrial();
  askFor("1.33");
  await trial.bootstrap();
});

describe("an upgrade", () => {
  it("An upgrade over two minor versions brings control plane, add-ons and nodes to the version of gennet.yaml", async () => {
    askFor("1.35");
    const end = await trial.upgrade();
    expect(end).toMatchObject({ exit: 0, codes: [] });
    expect(versions()).toEqual({
      "control plane": "1.35",
      nodes: "1.35",
      "vpc-cni": "v1.35.1",
      "kube-proxy": "v1.35.1",
      "eks-pod-identity-agent": "v1.35.1",
      coredns: "v1.35.1",
      "metrics-server": "v1.35.1",
      "aws-ebs-csi-driver": "v1.35.1",
    });
    expect(await trial.upgradesLeft()).toBe(0);
    expect(await trial.pending()).toBe(0);
  });

  it("A region that is unhealthy with its new control plane keeps its nodes and add-ons, and is rolled back", async () => {
    askFor("1.35");
    trial.failWith("1.34");
    const end = await trial.upgrade();
    expect(end).toMatchObject({ exit: 3, codes: ["REGION_BAKE_FAILED"] });
    expect(end.next).toContain("gennet region rollback eu  # rolls the control plane back");
    expect(versions()).toMatchObject({ "control plane": "1.34", nodes: "1.33", coredns: "v1.33.1" });
    expect(await trial.rollBack()).toMatchObject({ exit: 0, codes: [] });
    expect(versions()).toMatchObject({ "control plane": "1.33", nodes: "1.33", coredns: "v1.33.1" });
    expect(await trial.rollbacksLeft()).toBe(0);
  });
});
