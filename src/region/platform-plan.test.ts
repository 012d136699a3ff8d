import { beforeEach, describe, expect, it } from "vitest";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { type TrialRegions, trialRegions } from "../../test/support/trial-regions.ts";
import { AppError } from "../core/error.ts";
import { openJournal } from "../core/journal.ts";
import type { AnyResource } from "../core/resource.ts";
import { beginRun, type StepProgress } from "../core/run.ts";
import { bootstrapRegions, type Bootstrapped, foreseen } from "./bootstrap.ts";
import { bootstrapText } from "./bootstrap-text.ts";
import { asStored, parsePlan } from "./plan-file.ts";
import { regionPlanText } from "./plan-text.ts";
import type { RunScope } from "./platform-graph.ts";
import { exitOfPlan, pendingIn, compareRegions, type RegionPlan } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();
const plain = { wide: false, paint: (_tone: unknown, text: string): string => text };

let trial: TrialRegions;
let resources: readonly AnyResource<RegionWorld>[];

beforeEach(() => {
  trial = trialRegions();
  const zone = trial.resource("zone", [], { scope: "platform" });
  const database = trial.resource("database", [zone]);
  const replica = trial.resource("replica", [], {
    needsPrimary: [database],
    wanted: ({ region }) => region.name === "us",
  });
  resources = [zone, database, replica];
});

function plan(scope: RunScope = {}): Promise<RegionPlan> {
  return compareRegions(trial.worlds, signal, { resources, ...scope });
}

async function bootstrap(
  planned: RegionPlan,
  scope: RunScope = {},
): Promise<{ done: Bootstrapped; told: readonly StepProgress[] }> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const told: StepProgress[] = [];
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  const settings = { clock, signal, report: (each: StepProgress) => void told.push(each) };
  return { done: await bootstrapRegions(trial.worlds, planned, run, settings, { resources, ...scope }), told };
}

describe("what the regions share", () => {
  it("The plan has what the regions share, apart from the regions, and counts it", async () => {
    const planned = await plan();
    expect(planned.platform).toMatchObject({ name: "acme", changes: [{ step: "zone", action: "create" }] });
    expect(planned.regions.map(({ name, changes }) => [name, changes.map(({ step }) => step)])).toEqual([
      ["eu", ["database"]],
      ["us", ["database", "replica"]],
    ]);
    expect([pendingIn(planned), exitOfPlan(planned)]).toEqual([4, 8]);
    expect(regionPlanText(planned, plain).split("\n").slice(0, 4)).toEqual([
      "2 regions: 4 to create",
      "",
      "platform acme: 1 to create",
      "  + The zone  zone (it does not exist)",
    ]);
  });

  it("The result of a run has what the regions share, and its progress names no region", async () => {
    const { done, told } = await bootstrap(await plan());
    expect(done).toMatchObject({ exit: 0, platform: { changes: 1, steps: [{ step: "zone", outcome: "changed" }] } });
    expect(told.find(({ step }) => step === "zone")?.region).toBeUndefined();
    const text = bootstrapText({ kind: "RegionBootstrap", ...done }, plain);
    expect(text.split("\n")[0]).toBe("platform: 1 change made");
    expect([...trial.things.keys()]).toEqual(["platform/zone", "eu/database", "us/database", "us/replica"]);
    expect(pendingIn(await plan())).toBe(0);
  });

  it("A dry run has what the regions share", async () => {
    expect(foreseen(await plan()).platform).toMatchObject({
      changes: 0,
      steps: [{ step: "zone", outcome: "pending" }],
    });
  });

  it("A plan file keeps what the regions share, and is refused if that has changed", async () => {
    trial.things.set("platform/zone", "there");
    const stored = parsePlan(JSON.stringify({ apiVersion: "gennet/v1", ...(await plan()) }), "plan.json");
    expect(asStored(stored, await plan())).toEqual(stored);
    trial.things.delete("platform/zone");
    const now = await plan();
    expect(() => asStored(stored, now)).toThrow("Platform acme, The zone: the plan is");
    const { platform: _, ...without } = stored;
    expect(() => asStored(without, now)).toThrow(expect.objectContaining({ code: "PLAN_DRIFTED" }));
  });

  it("A failure of what the regions share names the command for all regions", async () => {
    const planned = await plan();
    trial.cloud.strike(0, "before", new AppError("AWS_REJECTED", "no more zones"));
    const { done } = await bootstrap(planned);
    expect(done.exit).toBe(3);
    expect(done.findings).toMatchObject([{ region: "platform", subject: "The zone (zone)", summary: "no more zones" }]);
    const text = bootstrapText({ kind: "RegionBootstrap", ...done }, plain);
    expect(text.split("\n").at(-1)).toBe("    → gennet region bootstrap  # resumes from here");
  });

  it("The command that resumes a run is about the same resources", async () => {
    const scope = { only: ["zone"] };
    const planned = await plan(scope);
    // A plan file keeps the choice, too: no region has anything to do with it.
    expect(planned.leftOut).toEqual({ only: ["zone"], except: [], resources: [] });
    trial.cloud.strike(0, "before", new AppError("AWS_REJECTED", "no more zones"));
    const { done } = await bootstrap(planned, scope);
    const text = bootstrapText({ kind: "RegionBootstrap", ...done }, plain);
    expect(text.split("\n").at(-1)).toBe("    → gennet region bootstrap --only zone  # resumes from here");
  });

  it("What the regions share and cannot be read is a finding, and does not silence a region that does not need it", async () => {
    trial.broken.set("platform/zone", new AppError("AWS_UNREACHABLE", "no answer"));
    const alone = [...resources.filter(({ id }) => id === "zone"), trial.resource("vpc")];
    const planned = await plan({ resources: alone });
    expect(planned.regions.map(({ name }) => name)).toEqual(["eu", "us"]);
    expect(planned.findings).toMatchObject([{ region: "platform", severity: "unknown", summary: "no answer" }]);
    expect(exitOfPlan(planned)).toBe(5);
  });
});

describe("one region of several", () => {
  it("A run for one region changes that region and what all share, and only reads what it needs of another one", async () => {
    trial.things.set("eu/database", "there");
    const scope = { regions: ["us"] };
    const planned = await plan(scope);
    expect(planned.regions.map(({ name }) => name)).toEqual(["us"]);
    const { done } = await bootstrap(planned, scope);
    expect(done.regions.map(({ name }) => name)).toEqual(["us"]);
    expect([...trial.things.keys()]).toEqual(["eu/database", "platform/zone", "us/database", "us/replica"]);
  });

  it("What needs the primary region is skipped while that lacks it, with the reason", async () => {
    const scope = { regions: ["us"] };
    const { done } = await bootstrap(await plan(scope), scope);
    expect(done.regions[0]?.steps.find(({ step }) => step === "replica")).toMatchObject({
      outcome: "skipped",
      summary: "waits for eu/database, which is left out and does not exist",
    });
    expect(done.exit).toBe(3);
    expect([...trial.things.keys()]).toEqual(["platform/zone", "us/database"]);
  });

  it("A region that nothing needs is not read", async () => {
    trial.broken.set("us/database", new AppError("AWS_UNREACHABLE", "no answer"));
    const planned = await plan({ regions: ["eu"] });
    expect(planned.findings).toEqual([]);
    expect(planned.regions.map(({ name }) => name)).toEqual(["eu"]);
  });
});
