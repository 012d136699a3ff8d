import { beforeEach, describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { patientSignal, type RegionTrial, regionTrial } from "../../../test/support/region-trial.ts";
import { AppError } from "../../core/error.ts";
import { compareRegions, type RegionChange } from "../region-plan.ts";
import type { RegionWorld } from "../world.ts";
import { planUpgrade } from "./change-version.ts";

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

function world(): RegionWorld {
  return nonEmpty(trial.sites)[0].world();
}

/** Returns the parts of the tag that keeps a bake. */
function bake(): readonly string[] {
  return cloud().clusters.get("acme-eu")?.tags["gennet:baked"]?.split(" ") ?? [];
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
      "eks-node-monitoring-agent": "v1.35.1",
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

  it("A bake that failed continues from where it began", async () => {
    askFor("1.34");
    trial.failWith("1.34");
    await trial.upgrade();
    const [id, since] = bake();
    trial.failWith("none");
    expect(await trial.upgrade()).toMatchObject({ exit: 0, codes: [] });
    const [later, again, until = ""] = bake();
    expect([later, again]).toEqual([id, since]);
    const lasted = Date.parse(until) - Date.parse(since ?? "");
    expect(lasted).toBeGreaterThanOrEqual(60 * 60_000);
    // One that started over would have taken three minutes more.
    expect(lasted).toBeLessThan(62 * 60_000);
  });

  it("A pod that cannot be evicted is named as the reason, and the next run continues with the nodes", async () => {
    askFor("1.34");
    const eviction = "EKS ended the VersionUpdate of default as Failed: PodEvictionFailure: Reached max retries";
    // The control plane, the beginning and the end of the bake, and seven add-ons come first.
    cloud().strike(10, "before", new AppError("STEP_FAILED", eviction));
    const end = await trial.upgrade();
    expect(end).toMatchObject({ exit: 3, codes: ["STEP_FAILED"] });
    expect(end.next[0]).toBe(
      "kubectl --context arn:aws:eks:eu-west-1:111122223333:cluster/acme-eu get poddisruptionbudgets --all-namespaces  # one that allows no disruptions holds its pods",
    );
    expect(versions()).toMatchObject({ "control plane": "1.34", nodes: "1.33" });
    expect(await trial.upgrade()).toMatchObject({ exit: 0, codes: [] });
    expect(versions()).toMatchObject({ "control plane": "1.34", nodes: "1.34" });
  });

  it("A version that EKS does not offer is refused with those that it offers, and a plan says so", async () => {
    askFor("1.40");
    expect(await trial.upgrade()).toMatchObject({ exit: 3, codes: ["REGION_UPGRADE_REFUSED"] });
    const { changes } = nonEmpty((await compareRegions([world()], patientSignal())).regions)[0];
    expect(changes.find(({ step }) => step === "kubernetes")?.summary).toBe(
      "it runs Kubernetes 1.33, but gennet.yaml specifies 1.40; EKS does not offer Kubernetes 1.40 in eu-west-1, but 1.31, 1.32, 1.33, 1.34, 1.35",
    );
  });

  it("The VPC CNI goes one minor version at a time, and other add-ons go to the default version at once", async () => {
    askFor("1.34");
    for (const name of ["vpc-cni", "coredns"]) {
      const addon = cloud().addons.get(name);
      if (addon === undefined) throw new Error(`there is no add-on ${name}`);
      cloud().addons.set(name, { ...addon, version: "v1.18.6-eksbuild.1" });
    }
    const compatible = [
      "v1.21.1-eksbuild.3",
      "v1.20.4-eksbuild.2",
      "v1.19.6-eksbuild.7",
      "v1.19.6-eksbuild.1",
      "v1.18.6-eksbuild.1",
    ];
    const own = world();
    const eks = {
      ...(await own.aws.service("eks")),
      addonVersions: async () => ({ default: compatible[0] ?? "", compatible }),
    };
    const service = (async () => eks) as RegionWorld["aws"]["service"];
    const planned = await planUpgrade({ ...own, aws: { ...own.aws, service } }, { bakeMs: 0 }, patientSignal());
    const pathOf = (step: string): readonly unknown[] =>
      nonEmpty(planned.plan.regions)[0]
        .changes.find((change) => change.step === step)
        ?.operations.map(({ after }) => after) ?? [];
    expect(pathOf("addon-vpc-cni-1.34")).toEqual(["v1.19.6-eksbuild.7", "v1.20.4-eksbuild.2", "v1.21.1-eksbuild.3"]);
    expect(pathOf("addon-coredns-1.34")).toEqual(["v1.21.1-eksbuild.3"]);
  });

  it("A plan names the rollback for an older version in gennet.yaml, and the reason if there is none", async () => {
    askFor("1.34");
    trial.failWith("1.34");
    await trial.upgrade();
    const kubernetes = async (): Promise<RegionChange | undefined> =>
      nonEmpty((await compareRegions([world()], patientSignal())).regions)[0].changes.find(
        ({ step }) => step === "kubernetes",
      );
    askFor("1.33");
    expect((await kubernetes())?.obstacle?.next).toEqual(["gennet region rollback eu"]);
    askFor("1.32");
    expect((await kubernetes())?.summary).toContain("EKS rolls back one minor version at most");
    askFor("1.34");
    trial.failWith("none");
    await trial.upgrade();
    askFor("1.33");
    expect((await kubernetes())?.summary).toContain("node group default has Kubernetes 1.34 already");
  });
});
