import { beforeEach, describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { patientSignal, type RegionTrial, regionTrial } from "../../../test/support/region-trial.ts";
import { AppError } from "../../core/error.ts";
import { compareRegions, type RegionChange } from "../region-plan.ts";
import { planRollback, planUpgrade } from "./change-version.ts";

const dayMs = 24 * 60 * 60_000;
const silent = new AppError("AWS_UNREACHABLE", "no answer");

let trial: RegionTrial;

function site(): RegionTrial["sites"][number] {
  return nonEmpty(trial.sites)[0];
}

function askFor(version: string, mode: "auto" | "managed"): void {
  trial.edit((keys) => ({
    ...keys,
    regions: keys.regions.map((region) => ({ ...region, kubernetes: { version }, nodes: { mode } })),
  }));
}

/** Returns the version of the control plane, and the changes of it that EKS has made. */
function history(): readonly string[] {
  const { clusters, updates } = site().cloud;
  return [
    clusters.get("acme-eu")?.version ?? "",
    ...updates.map(
      (update) => `${update.kind === "other" ? update.type : `${update.kind} ${update.version}`} ${update.status}`,
    ),
  ];
}

/** An update that EKS has been making since an hour ago. */
function begin(update: { kind: "upgrade" | "rollback"; version: string } | { kind: "other" }): void {
  const type = { upgrade: "VersionUpdate", rollback: "VersionRollback", other: "LoggingUpdate" }[update.kind];
  const begunAt = new Date(site().world().now?.() ?? 0);
  site().cloud.updates.push({ ...update, id: "u-9", type, status: "InProgress", begunAt });
}

/** The upgrade before becomes this old. */
function age(days: number): void {
  const { updates } = site().cloud;
  updates.splice(
    0,
    updates.length,
    ...updates.map((update) => ({ ...update, begunAt: new Date(Number(update.begunAt) - days * dayMs) })),
  );
}

async function planned(): Promise<RegionChange | undefined> {
  const { changes } = nonEmpty((await compareRegions([site().world()], patientSignal())).regions)[0];
  return changes.find(({ step }) => step === "kubernetes");
}

async function upgradedTo(version: string, mode: "auto" | "managed"): Promise<void> {
  askFor(version, mode);
  const { updateVersion } = await site().cloud.aws.service("eks");
  await updateVersion("acme-eu", version, patientSignal());
}

describe("a region with Auto Mode", () => {
  beforeEach(async () => {
    trial = regionTrial();
    askFor("1.33", "auto");
    await trial.bootstrap();
  });

  it("An upgrade over two minor versions bakes each of them, and leaves the nodes to EKS", async () => {
    askFor("1.35", "auto");
    expect(await trial.upgrade()).toMatchObject({ exit: 0, codes: [] });
    expect(history()).toEqual(["1.35", "upgrade 1.34 Successful", "upgrade 1.35 Successful"]);
    expect([site().cloud.nodegroups.size, [...site().cloud.addons.keys()]]).toEqual([0, ["metrics-server"]]);
    expect([await trial.upgradesLeft(), await trial.pending()]).toEqual([0, 0]);
  });

  it("A finished upgrade can be rolled back: EKS replaces the nodes before the control plane", async () => {
    askFor("1.34", "auto");
    await trial.upgrade();
    expect(await trial.rollBack()).toMatchObject({ exit: 0, codes: [] });
    expect(history()).toEqual(["1.33", "upgrade 1.34 Successful", "rollback 1.33 Successful"]);
    expect(await trial.rollbacksLeft()).toBe(0);
  });

  it("A rollback that was left while EKS replaces nodes is continued, also after the seven days", async () => {
    await upgradedTo("1.34", "auto");
    site().cloud.strike(0, "after", silent);
    expect(await trial.rollBack()).toMatchObject({ codes: ["AWS_UNREACHABLE"] });
    expect(history()).toEqual(["1.34", "upgrade 1.34 Successful", "rollback 1.33 InProgress"]);
    age(8);
    expect(await trial.rollBack()).toMatchObject({ exit: 0, codes: [] });
    expect(history()).toEqual(["1.33", "upgrade 1.34 Successful", "rollback 1.33 Successful"]);
  });

  it("A rollback in which EKS cannot replace the nodes names how to find what keeps them", async () => {
    await upgradedTo("1.34", "auto");
    site().cloud.strike(0, "before", new AppError("STEP_FAILED", "EKS ended the VersionRollback of acme-eu as Failed"));
    const end = await trial.rollBack();
    expect(end).toMatchObject({ exit: 3, codes: ["STEP_FAILED"] });
    expect(end.next).toEqual([
      "gennet region rollback eu --dry-run  # names the budgets and annotations that keep nodes",
    ]);
  });

  it("While EKS rolls a cluster back, an upgrade is refused with the command that cancels it, and a plan names it", async () => {
    await upgradedTo("1.34", "auto");
    begin({ kind: "rollback", version: "1.33" });
    const doing = "EKS is rolling it back to Kubernetes 1.33 (update u-9)";
    const named = "--name acme-eu --update-id u-9 --region eu-west-1";
    await expect(planUpgrade(site().world(), { bakeMs: 0 }, patientSignal())).rejects.toMatchObject({
      code: "REGION_UPGRADE_REFUSED",
      message: `Region eu cannot be upgraded: ${doing}.`,
      next: [
        "gennet region rollback eu  # waits for it",
        `aws eks describe-update ${named}  # shows whether it has ended`,
        `aws eks cancel-update ${named}  # possible until EKS has replaced the nodes of Auto Mode`,
      ],
    });
    askFor("1.35", "auto");
    expect((await planned())?.summary).toBe(`it runs Kubernetes 1.34, but gennet.yaml specifies 1.35; ${doing}`);
    askFor("1.33", "auto");
    expect(await planned()).toMatchObject({
      summary: "it runs Kubernetes 1.34, but gennet.yaml specifies 1.33: EKS is rolling it back",
      obstacle: { next: ["gennet region rollback eu"] },
    });
  });
});

describe("a region with node groups", () => {
  beforeEach(async () => {
    trial = regionTrial();
    askFor("1.33", "managed");
    await trial.bootstrap();
  });

  it("While EKS upgrades a cluster, a rollback is refused, and nothing is offered that cancels it", async () => {
    begin({ kind: "upgrade", version: "1.34" });
    await expect(planRollback(site().world(), { bakeMs: 0 }, patientSignal())).rejects.toMatchObject({
      message: "Region eu cannot be rolled back: EKS is upgrading it to Kubernetes 1.34 (update u-9).",
      next: ["aws eks describe-update --name acme-eu --update-id u-9 --region eu-west-1  # shows whether it has ended"],
    });
  });

  it("An upgrade that EKS is making already is waited for, and not begun again", async () => {
    begin({ kind: "upgrade", version: "1.34" });
    askFor("1.34", "managed");
    expect(await trial.upgrade()).toMatchObject({ exit: 0, codes: [] });
    expect(history()).toEqual(["1.34", "upgrade 1.34 Successful"]);
  });

  it("Another change that EKS is making is waited for, and then the control plane is upgraded", async () => {
    begin({ kind: "other" });
    askFor("1.34", "managed");
    expect(await trial.upgrade()).toMatchObject({ exit: 0, codes: [] });
    expect(history()).toEqual(["1.34", "LoggingUpdate Successful", "upgrade 1.34 Successful"]);
  });

  it("Seven days after an upgrade, a plan says that EKS does not roll it back any more, as a rollback does", async () => {
    await upgradedTo("1.34", "managed");
    askFor("1.33", "managed");
    expect((await planned())?.summary).toMatch(/: EKS can roll it back until \d{4}-\d\d-\d\d$/);
    age(8);
    const over = /EKS rolls back an upgrade for seven days, and these ended on \d{4}-\d\d-\d\d/;
    expect((await planned())?.summary).toMatch(over);
    await expect(planRollback(site().world(), { bakeMs: 0 }, patientSignal())).rejects.toThrow(over);
  });
});
