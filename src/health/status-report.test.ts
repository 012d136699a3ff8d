import { describe, expect, it } from "vitest";
import { fakeCluster, type FakeClusterOptions } from "../../test/support/fake-cluster.ts";
import { ago, deployment, node, pod, testNow, unready } from "../../test/support/kube-objects.ts";
import type { Paint, TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import type { RunChecksOptions } from "../core/run-checks.ts";
import type { EksSource } from "./eks-reads.ts";
import { tally } from "../view/findings.ts";
import { regionFindingLines } from "../view/region-findings.ts";
import { createHealthContext, type HealthContext } from "./health-context.ts";
import { healthChecks } from "./index.ts";
import { exitOf } from "../core/finding.ts";
import { nothingInstalled, sourcesOf } from "../../test/support/health-trial.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { examine } from "./examine.ts";
import { glanceOf } from "./glance.ts";
import type { StatusReport } from "./status-report.ts";
import { glanceRows } from "./status-text.ts";

const findingLines = (report: StatusReport, view: TextView): string[] =>
  regionFindingLines(
    report.regions.map(({ name }) => name),
    report.findings,
    view,
  );
const closingLine = (report: StatusReport, paint: Paint): string => tally(report.findings, paint);

const { signal } = new AbortController();
const now = () => testNow;
const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };

async function report(
  options: FakeClusterOptions,
  more: Partial<RunChecksOptions<HealthContext>> = {},
  eks?: EksSource,
): Promise<StatusReport> {
  const context = createHealthContext({ ...sourcesOf(fakeCluster(options)), now, eks }, signal);
  const examined = await examine({ name: "eu", context: "eu" }, context, healthChecks, {
    now,
    signal,
    ...more,
  });
  return {
    kind: "StatusReport",
    generatedAt: new Date(testNow).toISOString(),
    regions: [glanceOf(examined)],
    findings: examined.findings,
  };
}

const cells = (shown: StatusReport) => glanceRows(shown, plain.paint).map((row) => row.join(" "));

describe("a region that is healthy", () => {
  it("A healthy region is a row and a count, and nothing more", async () => {
    const shown = await report({ objects: [node("n1"), deployment("a")] });
    expect(shown.regions).toEqual([
      {
        name: "eu",
        context: "eu",
        reachable: true,
        version: "v1.37.2",
        nodes: { ready: 1, total: 1 },
        workloads: { available: 1, total: 1 },
        pods: { total: 0 },
        durationMs: 0,
      },
    ]);
    expect(cells(shown)[1]).toBe("eu reachable v1.37.2 1/1 1/1 0ms");
    expect(findingLines(shown, plain)).toEqual([]);
    expect(closingLine(shown, plain.paint)).toBe("3 ok");
    expect(exitOf(shown.findings, true)).toBe(0);
  });

  it("With wide output, a healthy region shows what is healthy", async () => {
    const shown = await report({ objects: [node("n1"), deployment("a")] });
    expect(findingLines(shown, { ...plain, wide: true })).toContain("  ✔ 1 node: ready [nodes/ready]");
  });
});

describe("a region whose API server is down", () => {
  it("If the API server is down, everything in the region is unknown, for one reason", async () => {
    const version = new AppError("KUBE_UNREACHABLE", "refused", { next: ["look at the network"] });
    const shown = await report({ errors: { version } });
    expect(shown.regions).toEqual([{ name: "eu", context: "eu", reachable: false, durationMs: 0 }]);
    expect(cells(shown)[1]).toBe("eu unreachable ? ? ? 0ms");
    expect(findingLines(shown, plain)).toEqual([
      "",
      "eu",
      "  ? API server: refused [cluster/api]",
      "      → look at the network",
      "      skipped because of this: nodes/ready, workloads, pods/running, platform, mesh, breakers, gitops, secrets, tracing/collector",
    ]);
    expect(exitOf(shown.findings, false)).toBe(5);
  });

  it("An API server that denies access is not called unreachable", async () => {
    const shown = await report({ errors: { version: new AppError("KUBE_DENIED", "401") } });
    expect(shown.regions[0]?.reachable).toBeUndefined();
    expect(cells(shown)[1]).toBe("eu denied ? ? ? 0ms");
    expect(exitOf(shown.findings, false)).toBe(4);
  });
});

describe("a region whose cluster does not exist in EKS", () => {
  it("The missing cluster is the cause of all findings", async () => {
    const version = new AppError("KUBE_UNREACHABLE", "the cluster does not exist");
    const door = async () => ({ cluster: async () => undefined, nodegroups: async () => [] });
    const shown = await report(
      { errors: { version } },
      {},
      { name: "shop", region: "eu", door, installed: nothingInstalled },
    );
    expect(shown.regions[0]?.eks).toBeUndefined();
    expect(findingLines(shown, plain)).toEqual([
      "",
      "eu",
      "  ✖ EKS cluster shop: does not exist [cluster/eks]",
      "      → gennet region bootstrap eu",
      "      because of it: API server: the cluster does not exist",
      "      skipped because of this: cluster, nodes/ready, workloads, pods/running, platform, mesh, breakers, gitops, secrets, tracing/collector",
    ]);
  });
});

describe("an AWS that does not answer", () => {
  it("An AWS that does not answer is reported once, and Kubernetes is shown if there is a context", async () => {
    const error = new AppError("AWS_CREDENTIALS_EXPIRED", "the session has expired", { next: ["aws sso login"] });
    const eks = { name: "shop", region: "eu", door: async () => Promise.reject(error), installed: nothingInstalled };
    const shown = await report({ objects: [node("n1")] }, {}, eks);
    expect(shown.regions[0]).toMatchObject({ reachable: true, nodes: { ready: 1, total: 1 } });
    expect(findingLines(shown, plain)).toEqual([
      "",
      "eu",
      "  ? EKS cluster: the session has expired [cluster/eks]",
      "      → aws sso login",
      "      because of it: EKS add-ons: the session has expired",
      "      because of it: NAT gateways: the session has expired",
      "      because of it: EKS node groups: the session has expired",
    ]);
    const without = await report({ errors: { version: error } }, {}, eks);
    const [first, ...others] = without.findings.map(({ id, severity, cause }) => [id, severity, cause]);
    expect(first).toEqual(["cluster/eks", "unknown", undefined]);
    expect(nonEmpty(others).filter(([, , cause]) => cause !== "cluster/eks")).toEqual([]);
    expect(others.slice(0, 5).map(([id, severity]) => [id, severity])).toEqual([
      ["cluster/addons", "unknown"],
      ["cluster/network", "unknown"],
      ["cluster/node-groups", "unknown"],
      ["cluster/api", "unknown"],
      ["nodes/ready", "skip"],
    ]);
    expect(exitOf(without.findings, false)).toBe(4);
  });
});

describe("unhealthy regions", () => {
  it("The cause is shown first, and its symptoms below it", async () => {
    const lost = node("n1", [
      { type: "Ready", status: "False", reason: "KubeletNotReady", message: "no network", lastTransitionTime: ago(5) },
    ]);
    const objects = [lost, deployment("a", { availableReplicas: 2 }), pod("a1", unready, "a")];
    const shown = await report({ objects });
    expect(findingLines(shown, plain)).toEqual([
      "",
      "eu",
      "  ✖ node n1: not ready: KubeletNotReady: no network [nodes/ready]",
      "      → kubectl --context eu describe node n1",
      "      because of it: deployment shop/a: 2 of 3 available: 1 of its pods is unhealthy: its node is not ready",
    ]);
    expect(exitOf(shown.findings, false)).toBe(3);
  });

  it("The report stays short if much is wrong", async () => {
    const broken = Array.from({ length: 30 }, (_, index) => deployment(`d${index}`, { availableReplicas: 0 }));
    const shown = await report({ objects: [node("n1"), ...broken] });
    expect(findingLines(shown, plain).at(-1)).toBe("  and 5 more (-o wide shows them)");
    expect(
      findingLines(shown, { ...plain, wide: true }).filter((line) => line.includes("deployment shop/d")),
    ).toHaveLength(30);
  });

  it("A warning only fails with --strict", async () => {
    const shown = await report({ objects: [node("n1", undefined, { unschedulable: true })] });
    expect([exitOf(shown.findings, false), exitOf(shown.findings, true)]).toEqual([0, 9]);
    expect(closingLine(shown, plain.paint)).toBe("1 warning, 1 ok");
  });

  it("Workloads that could not be read are not counted", async () => {
    const shown = await report({
      objects: [node("n1"), deployment("a")],
      errors: { DaemonSet: new AppError("KUBE_DENIED", "no") },
    });
    expect(shown.regions[0]?.workloads).toBeUndefined();
    expect(exitOf(shown.findings, false)).toBe(4);
  });
});

describe("skipped checks", () => {
  it("What a skipped check would read is not read, and not in the row", async () => {
    const shown = await report({ objects: [node("n1")] }, { only: ["nodes"] });
    expect(shown.regions).toEqual([{ name: "eu", context: "eu", nodes: { ready: 1, total: 1 }, durationMs: 0 }]);
    expect(cells(shown)[1]).toBe("eu - - 1/1 - 0ms");
    expect(findingLines(shown, plain)).toEqual([]);
  });
});
