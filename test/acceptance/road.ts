import { expect, it } from "vitest";
import { nonEmpty } from "../support/non-empty.ts";
import type { Road } from "../support/road.ts";

/** What must hold on every platform, be it the sandbox or a real account. In order: each builds on the one before. */
export function travelTheRoad(road: () => Road): void {
  it("plans what every region lacks, and changes nothing", async () => {
    const { exit, document } = await road().ask("region", "plan");
    expect(exit).toBe(8);
    expect(document.kind).toBe("RegionPlan");
    const again = await road().ask("region", "plan");
    expect(again.document.regions).toEqual(document.regions);
  });

  it("builds every region", async () => {
    const { exit, document, stderr } = await road().ask("region", "bootstrap", "--yes");
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(document.kind).toBe("RegionBootstrap");
  });

  it("has accounts and clusters in which doctor finds nothing to fix", async () => {
    const { document } = await road().ask("doctor");
    const asked = new Set(["account/identity", "account/eks", "cluster/reachable", "cluster/rights"]);
    for (const region of nonEmpty(road().regions)) {
      const found = document.findings.filter((each: { region?: string }) => each.region === region.name);
      expect(new Set(found.map((each: { id: string }) => each.id))).toEqual(asked);
      expect(found.filter((each: { severity: string }) => each.severity !== "ok")).toEqual([]);
    }
  });

  it("has nothing left to do", async () => {
    const { exit, stdout } = await road().gennet("region", "plan");
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
  });

  it("has clusters in which the add-ons run", async () => {
    for (const region of nonEmpty(road().regions)) await expect(road().settled(region)).resolves.toBeUndefined();
  });

  it("shows a status with which kubectl and the AWS CLI agree", async () => {
    const { exit, document } = await road().ask("status");
    const findings = document.findings as readonly { id: string; severity: string }[];
    // There is no mesh, no Argo CD and no External Secrets on the road: these checks are skipped, and no others.
    const absent = /^(mesh|breakers|gitops|secrets)\//;
    expect(nonEmpty(findings).filter(({ id, severity }) => severity !== (absent.test(id) ? "skip" : "ok"))).toEqual([]);
    expect(exit).toBe(0);
    for (const region of nonEmpty(road().regions)) {
      const shown = document.regions.find((each: { name: string }) => each.name === region.name);
      const { items } = await road().kubectl(region, "get", "nodes");
      const ready = items.filter((node: any) =>
        node.status.conditions.some((each: any) => each.type === "Ready" && each.status === "True"),
      );
      expect(shown.nodes).toEqual({ ready: ready.length, total: items.length });
      const { serverVersion } = await road().kubectl(region, "version");
      expect(shown.version).toBe(serverVersion.gitVersion);

      const { cluster } = await road().aws(region, "eks", "describe-cluster", "--name", region.cluster);
      expect(cluster.status).toBe("ACTIVE");
      const { nodegroups } = await road().aws(region, "eks", "list-nodegroups", "--cluster-name", region.cluster);
      expect(nodegroups).toHaveLength(1);
    }
  });
}
