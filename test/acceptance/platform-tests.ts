import { expect, it } from "vitest";
import { nonEmpty } from "../support/non-empty.ts";
import type { TestPlatform } from "../support/test-platform.ts";

/**
 * What must hold on every platform, the sandbox or a real account. The tests run in order: each builds on the previous
 * ones.
 */
export function testsOfAPlatform(target: () => TestPlatform): void {
  it("region plan lists what every region lacks, and changes nothing", async () => {
    const { exit, document } = await target().ask("region", "plan");
    expect(exit).toBe(8);
    expect(document.kind).toBe("RegionPlan");
    const again = await target().ask("region", "plan");
    expect(again.document.regions).toEqual(document.regions);
  });

  it("region bootstrap builds every region", async () => {
    const { exit, document, stderr } = await target().ask("region", "bootstrap", "--yes");
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(document.kind).toBe("RegionBootstrap");
  });

  it("doctor finds nothing to fix in the accounts and clusters of a bootstrapped platform", async () => {
    const { document } = await target().ask("doctor");
    const asked = new Set(["account/identity", "account/eks", "cluster/reachable", "cluster/rights"]);
    for (const region of nonEmpty(target().regions)) {
      const found = document.findings.filter((each: { region?: string }) => each.region === region.name);
      expect(new Set(found.map((each: { id: string }) => each.id))).toEqual(asked);
      expect(found.filter((each: { severity: string }) => each.severity !== "ok")).toEqual([]);
    }
  });

  it("region plan has no changes after a bootstrap", async () => {
    const { exit, stdout } = await target().gennet("region", "plan");
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
  });

  it("The add-ons run in the clusters of a bootstrapped platform", async () => {
    for (const region of nonEmpty(target().regions)) await expect(target().settled(region)).resolves.toBeUndefined();
  });

  it("gennet status agrees with kubectl and the AWS CLI", async () => {
    const { exit, document } = await target().ask("status");
    const findings = document.findings as readonly { id: string; severity: string }[];
    // There is no mesh, no Argo CD and no External Secrets on this platform, and no pod asks data stores: these checks are
    // skipped, and no others.
    const absent = /^(platform|mesh|breakers|gitops|secrets|data)\//;
    expect(nonEmpty(findings).filter(({ id, severity }) => severity !== (absent.test(id) ? "skip" : "ok"))).toEqual([]);
    expect(exit).toBe(0);
    for (const region of nonEmpty(target().regions)) {
      const shown = document.regions.find((each: { name: string }) => each.name === region.name);
      const { items } = await target().kubectl(region, "get", "nodes");
      const ready = items.filter((node: any) =>
        node.status.conditions.some((each: any) => each.type === "Ready" && each.status === "True"),
      );
      expect(shown.nodes).toEqual({ ready: ready.length, total: items.length });
      const { serverVersion } = await target().kubectl(region, "version");
      expect(shown.version).toBe(serverVersion.gitVersion);

      const { cluster } = await target().aws(region, "eks", "describe-cluster", "--name", region.cluster);
      expect(cluster.status).toBe("ACTIVE");
      const { nodegroups } = await target().aws(region, "eks", "list-nodegroups", "--cluster-name", region.cluster);
      expect(nodegroups).toHaveLength(1);
    }
  });
}
