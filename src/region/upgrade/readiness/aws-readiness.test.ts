import { beforeEach, describe, expect, it } from "vitest";
import type { ClusterInsight } from "../../../aws/eks/insights.ts";
import type { EksCluster, Nodegroup } from "../../../aws/eks/port.ts";
import { AppError } from "../../../core/error.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { node } from "../../../../test/support/kube-objects.ts";
import { type ReadinessTrial, readinessTrial, rollback } from "../../../../test/support/readiness-trial.ts";
import { upgradeReadiness } from "./index.ts";

let trial: ReadinessTrial;

beforeEach(async () => {
  trial = await readinessTrial();
});

function change(changes: Partial<EksCluster>): void {
  const cluster = nonEmpty([...trial.cloud.clusters.values()])[0];
  trial.cloud.clusters.set(cluster.name, { ...cluster, ...changes });
}

function changeGroup(changes: Partial<Nodegroup>): void {
  const group = nonEmpty([...trial.cloud.nodegroups.values()])[0];
  trial.cloud.nodegroups.set(group.name, { ...group, ...changes });
}

function kubelet(name: string, kubeletVersion: string, labels = {}): void {
  const made = node(name);
  trial.kube.store({
    ...made,
    metadata: { ...made.metadata, labels },
    status: { ...made.status, nodeInfo: { kubeletVersion } },
  });
}

it("A fresh region is ready for the next version, and nothing of it is changed", async () => {
  const before = trial.cloud.changes();
  const step = { from: "1.34", to: "1.35", kind: "upgrade" } as const;
  const findings = await upgradeReadiness(trial.world, step, new AbortController().signal);
  expect(nonEmpty(findings).filter(({ severity }) => severity !== "ok")).toEqual([]);
  expect(new Set(findings.map(({ region }) => region))).toEqual(new Set(["eu"]));
  expect(trial.cloud.changes()).toBe(before);
});

describe("the version to change to", () => {
  const id = "upgrade/target-version";
  it("Only the next minor version can be upgraded to, and only the one before rolled back to", async () => {
    expect(await trial.findings(id, { from: "1.33", to: "1.35" })).toEqual([
      "fail Kubernetes 1.35: EKS changes one minor version at a time, and the control plane has 1.33",
    ]);
    expect(await trial.fixes(id, { from: "1.33", to: "1.35" })).toEqual(["Change to 1.34 first."]);
    expect(await trial.findings(id, { ...rollback, to: "1.32" })).toHaveLength(1);
    expect(await trial.findings(id, { ...rollback, to: "1.35" })).toHaveLength(1);
    expect(await trial.findings(id, rollback)).toEqual([]);
  });

  it("A version that EKS does not offer is a failure with those that it offers", async () => {
    expect(await trial.findings(id, { from: "1.35", to: "1.36" })).toEqual([
      "fail Kubernetes 1.36: EKS does not offer it, but 1.31, 1.32, 1.33, 1.34, 1.35",
    ]);
  });

  it("The dates of support are shown, and extended support is a warning", async () => {
    expect(await trial.findings(id, {}, ["ok"])).toEqual([
      "ok Kubernetes 1.35: standard support until 2027-05-01, then extended support until 2028-05-01",
    ]);
    const old = { from: "1.32", to: "1.31", kind: "rollback" } as const;
    expect(await trial.findings(id, old)).toEqual([
      "warn Kubernetes 1.31: extended support until 2027-01-01, which costs more",
    ]);
    change({ supportType: "STANDARD" });
    expect(await trial.findings(id, old)).toEqual([
      "fail Kubernetes 1.31: is in extended support, which the cluster's upgrade policy STANDARD does not allow",
    ]);
  });

  it("A cluster that does not exist cannot change its version", async () => {
    trial.cloud.clusters.clear();
    expect(await trial.findings(id)).toEqual(["fail Kubernetes 1.35: the cluster does not exist"]);
  });
});

describe("insights of EKS", () => {
  const id = "upgrade/insights";
  const insight = (
    status: string,
    more: Partial<ClusterInsight> = {},
    category: "UPGRADE_READINESS" | "ROLLBACK_READINESS" = "UPGRADE_READINESS",
  ) =>
    trial.cloud.insights.push({
      name: "Deprecated APIs",
      status,
      reason: "Deprecated APIs are in use",
      version: "1.35",
      category,
      resources: [],
      deprecated: [],
      ...more,
    });

  it("ERROR is a failure, WARNING a warning and UNKNOWN unknown, after EKS has looked again", async () => {
    insight("ERROR");
    insight("WARNING");
    insight("UNKNOWN", { reason: "" });
    insight("PASSING");
    expect(await trial.findings(id)).toEqual([
      "fail insight Deprecated APIs: Deprecated APIs are in use",
      "warn insight Deprecated APIs: Deprecated APIs are in use",
      "unknown insight Deprecated APIs: is UNKNOWN",
    ]);
  });

  it("The resources, the clients of removed APIs and the recommendation are named", async () => {
    const usage = "/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas";
    insight("ERROR", {
      recommendation: "Update the clients.",
      resources: ["/api/v1/nodes/a"],
      deprecated: [
        {
          usage,
          replacedWith: "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
          removedIn: "1.35",
          clients: ["helm/3"],
        },
        { usage: "/apis/unused/v1", clients: [] },
      ],
    });
    expect(await trial.findings(id)).toEqual([
      `fail insight Deprecated APIs: Deprecated APIs are in use; /api/v1/nodes/a; ${usage} by helm/3, now /apis/flowcontrol.apiserver.k8s.io/v1/flowschemas`,
    ]);
    expect(await trial.fixes(id)).toEqual(["Update the clients."]);
  });

  it("An upgrade asks about its version only, and a rollback about the rollback", async () => {
    insight("ERROR", { version: "1.36" });
    insight("ERROR", { version: "1.34", name: "Kubelets" }, "ROLLBACK_READINESS");
    expect(await trial.findings(id)).toEqual([]);
    expect(await trial.findings(id, rollback)).toEqual(["fail insight Kubelets: Deprecated APIs are in use"]);
  });

  it("Insights that are missing or cannot be refreshed are unknown, and the other checks are made", async () => {
    const eks = await trial.world.aws.service("eks");
    const withEks = (changed: Partial<typeof eks>) => {
      const { aws } = trial.world;
      const service = (async (name: "eks") =>
        name === "eks" ? { ...eks, ...changed } : aws.service(name)) as typeof aws.service;
      return { ...trial.world, aws: { ...aws, service } };
    };
    const ask = async (changed: Partial<typeof eks>, kind: "upgrade" | "rollback" = "upgrade") => {
      const step = kind === "upgrade" ? ({ from: "1.34", to: "1.35", kind } as const) : rollback;
      const found = await upgradeReadiness(withEks(changed), step, new AbortController().signal);
      return found.filter((finding) => finding.id === id).map(({ severity, summary }) => `${severity} ${summary}`);
    };
    expect(await ask({ insights: async () => [] })).toEqual(["unknown EKS has none about Kubernetes 1.35"]);
    expect(await ask({ insights: async () => [] }, "rollback")).toEqual([
      "unknown EKS has none about a rollback: it has them for seven days after an upgrade",
    ]);
    const failed = (code: "STEP_FAILED" | "AWS_DENIED") => async () => Promise.reject(new AppError(code, "no refresh"));
    expect(await ask({ refreshInsights: failed("STEP_FAILED") })).toEqual(["unknown no refresh"]);
    expect(await ask({ refreshInsights: failed("AWS_DENIED") })).toEqual(["unknown no refresh"]);
  });
});

describe("versions of nodes", () => {
  const id = "upgrade/node-versions";
  it("A node group of gennet that is behind is upgraded first, and a foreign one is in the way", async () => {
    changeGroup({ version: "1.33" });
    expect(await trial.findings(id)).toEqual([
      "warn node group default: has Kubernetes 1.33, but the control plane 1.34: it is upgraded first",
    ]);
    changeGroup({ tags: {} });
    expect(await trial.findings(id)).toEqual([
      "fail node group default: has Kubernetes 1.33, but the control plane 1.34, and it is not managed by gennet",
    ]);
    expect(await trial.fixes(id)).toEqual([
      "aws eks update-nodegroup-version --cluster-name acme-eu --nodegroup-name default --region eu-west-1 --kubernetes-version 1.34",
    ]);
  });

  it("A node group with the new version is in the way of a rollback, and one with the old version is not", async () => {
    expect(await trial.findings(id, rollback)).toEqual([
      "fail node group default: has Kubernetes 1.34, and EKS cannot take it back to 1.33",
    ]);
    changeGroup({ version: "1.33" });
    expect(await trial.findings(id, rollback)).toEqual([]);
  });

  it("A kubelet may be three minor versions older, two before 1.28, and never newer", async () => {
    kubelet("a", "v1.32.4-eks-1a2b3c4");
    expect(await trial.findings(id)).toEqual([]);
    kubelet("b", "v1.31.9");
    expect(await trial.findings(id)).toEqual([
      "fail kubelet b v1.31.9: would be more than 3 minor versions older than an API server of 1.35",
    ]);
    trial.kube.objects.clear();
    kubelet("c", "v1.24.1");
    expect(await trial.findings(id, { from: "1.26", to: "1.27" })).toContain(
      "fail kubelet c v1.24.1: would be more than 2 minor versions older than an API server of 1.27",
    );
    trial.kube.objects.clear();
    const auto = { "eks.amazonaws.com/compute-type": "auto" };
    kubelet("e", "v1.31.9", auto);
    expect(await trial.findings(id)).toEqual([
      "fail kubelet e v1.31.9: would be more than 3 minor versions older than an API server of 1.35",
    ]);
    trial.kube.objects.clear();
    changeGroup({ version: "1.33" });
    kubelet("c", "v1.34.0");
    kubelet("d", "v1.34.0", auto);
    expect(await trial.findings(id, rollback)).toEqual([
      "fail kubelet c v1.34.0: would be newer than an API server of 1.33",
    ]);
  });
});

describe("free addresses", () => {
  const id = "upgrade/addresses";
  const take = (left: number): void => {
    for (const { facts } of trial.cloud.things.filter(({ kind }) => kind === "subnet")) facts["free"] = left;
  };

  it("The control plane needs five in all its subnets, and new nodes some for themselves and their pods", async () => {
    expect(await trial.findings(id)).toEqual([]);
    take(0);
    const few = await trial.findings(id);
    expect(few).toContain("fail subnets of the control plane: 0 free addresses, but EKS needs up to 5");
    expect(few).toContain("fail subnets of node group default: 0 free addresses, and EKS adds up to 6 nodes first");
    take(4);
    const scarce = await trial.findings(id);
    expect(scarce.filter((text) => text.startsWith("fail"))).toEqual([]);
    expect(scarce).toContain(
      "warn subnets of node group default: 12 free addresses, and EKS adds up to 6 nodes first, with addresses for their pods",
    );
    const { subnetIds } = nonEmpty([...trial.cloud.clusters.values()])[0];
    const each = scarce.filter((text) =>
      /^warn subnet \S+: 4 free addresses: EKS may need 5 in any of its subnets$/.test(text),
    );
    expect(each).toHaveLength(nonEmpty(subnetIds).length);
  });

  it("Nodes that stay need no addresses", async () => {
    take(4);
    expect((await trial.findings(id, rollback)).filter((text) => text.includes("node group"))).toEqual([]);
    changeGroup({ version: "1.35" });
    expect((await trial.findings(id)).filter((text) => text.includes("node group"))).toEqual([]);
  });

  it("A subnet of the cluster that is gone is a failure", async () => {
    change({ subnetIds: ["subnet-gone"] });
    expect(await trial.findings(id)).toEqual([
      "fail subnets of the control plane: 1 subnet of the cluster does not exist any more",
    ]);
  });
});
