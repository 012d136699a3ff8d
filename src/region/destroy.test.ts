import { beforeEach, describe, expect, it } from "vitest";
import { assertDocument } from "../../test/support/documents.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { type TrialRegions, trialRegions } from "../../test/support/trial-regions.ts";
import { AppError } from "../core/error.ts";
import { openJournal } from "../core/journal.ts";
import { envelope } from "../core/outcome.ts";
import { type AnyResource, blocked } from "../core/resource.ts";
import { beginRun } from "../core/run.ts";
import { bootstrapRegions } from "./bootstrap.ts";
import { type Destroyed, destroyRegion, foreseenDestruction, planDestruction } from "./destroy.ts";
import { type DestroyedPart, partToDestroy } from "./destroy-scope.ts";
import { destructionText } from "./destroy-text.ts";
import { regionPlanText } from "./plan-text.ts";
import { exitOfPlan, compareRegions } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();
const plain = { wide: false, paint: (_tone: unknown, text: string): string => text };
const whole = {
  "platform/zone": "there",
  "eu/network": "there",
  "us/network": "there",
  "eu/database": "protected",
  "us/replica": "there",
  "eu/cluster": "there",
  "us/cluster": "there",
};

let trial: TrialRegions;
let resources: readonly AnyResource<RegionWorld>[];

beforeEach(() => start());

function start(things: Readonly<Record<string, string>> = whole): void {
  trial = trialRegions();
  for (const [key, state] of Object.entries(things)) trial.things.set(key, state);
  const zone = trial.resource("zone", [], { scope: "platform" });
  const network = trial.resource("network", [zone]);
  const database = trial.resource("database", [network], { wanted: ({ region }) => region.name === "eu" });
  const replica = trial.resource("replica", [network], {
    needsPrimary: [database],
    wanted: ({ region }) => region.name === "us",
  });
  resources = [zone, network, database, replica, trial.resource("cluster", [network])];
}

function partOf(region: string, except: readonly string[] = []): Promise<DestroyedPart> {
  return partToDestroy(trial.worlds, { region, except, resources }, signal);
}

const clock = () => {
  let now = 0;
  return { now: () => now, sleep: async (ms: number) => void (now += ms) };
};

async function destroy(region: string, except: readonly string[] = []): Promise<Destroyed> {
  const part = await partOf(region, except);
  const { plan } = await planDestruction(trial.worlds, part, signal);
  const time = clock();
  const run = await beginRun(await openJournal(memoryLines(), "acme", time), "r1", {});
  return destroyRegion(trial.worlds, part, plan, run, { clock: time, signal, report: () => undefined });
}

async function bootstrap(): Promise<void> {
  const plan = await compareRegions(trial.worlds, signal, { resources });
  const time = clock();
  const run = await beginRun(await openJournal(memoryLines(), "acme", time), "r1", {});
  const settings = { clock: time, signal, report: () => undefined };
  await bootstrapRegions(trial.worlds, plan, run, settings, { resources });
}

describe("destroying a region", () => {
  it("A region is destroyed without the others, and without what they share", async () => {
    const { exit, document } = await destroy("us");
    expect(exit).toBe(0);
    expect(document.steps.map(({ step, outcome }) => [step, outcome])).toEqual([
      ["cluster", "changed"],
      ["replica", "changed"],
      ["network", "changed"],
    ]);
    expect([...trial.things.keys()]).toEqual(["platform/zone", "eu/network", "eu/database", "eu/cluster"]);
    expect(document).toMatchObject({ left: [], findings: [] });
    expect(document.platform).toBeUndefined();
    assertDocument(envelope(document));
  });

  it("What AWS keeps on purpose is named, also by a later run", async () => {
    const kept = ["us/cluster", "us/replica", "us/database", "us/network"].map((each) => `a snapshot of ${each}`);
    for (let run = 0; run < 2; run++) {
      const { document } = await destroy("us");
      expect(document.kept.map(({ what }) => what)).toEqual(kept);
      expect(document.kept[0]).toEqual({ region: "us", step: "cluster", what: "a snapshot of us/cluster" });
      expect(destructionText(document, plain)).toContain("Kept on purpose:\n  · a snapshot of us/cluster\n");
    }
  });

  it("The last region takes along what the regions shared", async () => {
    await destroy("us");
    const { exit, document } = await destroy("eu");
    expect(exit).toBe(0);
    expect(document.platform?.steps).toMatchObject([{ step: "zone", outcome: "changed" }]);
    expect([...trial.things.keys()]).toEqual([]);
    expect(destructionText(document, plain).split("\n").at(-1)).toBe("Nothing of eu is left in AWS.");
  });

  it("The primary region stays while another one exists, with the command that comes first", async () => {
    await expect(partOf("eu")).rejects.toMatchObject({
      code: "REGION_PRIMARY",
      exit: 7,
      next: ["gennet region destroy us", "gennet explain REGION_PRIMARY"],
    });
  });

  it("The primary region stays while it is unknown whether another one exists", async () => {
    trial.broken.set("us/network", new AppError("AWS_UNREACHABLE", "no answer"));
    await expect(partOf("eu")).rejects.toMatchObject({ code: "AWS_UNREACHABLE", exit: 5 });
    trial.broken.set("eu/network", new AppError("AWS_UNREACHABLE", "no answer"));
    trial.broken.delete("us/network");
    expect(await partOf("us")).toMatchObject({ isLast: false });
  });

  it("A region is destroyed while the primary one is unreachable", async () => {
    for (const step of ["network", "database", "cluster"]) {
      trial.broken.set(`eu/${step}`, new AppError("AWS_UNREACHABLE", "no answer"));
    }
    const { exit, document } = await destroy("us");
    expect({ exit, left: document.left, findings: document.findings }).toEqual({ exit: 0, left: [], findings: [] });
    expect([...trial.things.keys()]).toEqual(["platform/zone", "eu/network", "eu/database", "eu/cluster"]);
  });

  it("The plan of a destruction says why, and what is lifted first", async () => {
    start({ "eu/database": "protected" });
    const part = await partOf("eu");
    const { plan } = await planDestruction(trial.worlds, part, signal);
    expect(regionPlanText(plan, plain)).toBe(
      [
        "eu (eu-west-1, account 111122223333): 1 to delete",
        "  - The database  database (region eu is destroyed)",
        "      deletion protection: on → off",
      ].join("\n"),
    );
    expect(plan.regions[0]?.changes[0]?.why).toBe("region eu is destroyed");
    expect(exitOfPlan(plan)).toBe(8);
    const foreseen = foreseenDestruction(part, await planDestruction(trial.worlds, part, signal));
    expect(foreseen).toMatchObject({ changes: 0, steps: [{ step: "database", outcome: "pending" }] });
  });

  it("A region of which nothing exists has nothing to do", async () => {
    start({ "eu/network": "there" });
    const { exit, document } = await destroy("us");
    expect({ exit, changes: document.changes, steps: document.steps }).toEqual({ exit: 0, changes: 0, steps: [] });
    expect(destructionText(document, plain)).toContain("us: nothing to do in 0ms");
  });

  it("What cannot be deleted is left, with what it needs, and leads to exit code 3", async () => {
    const [, , , replica] = resources;
    if (replica?.removal === undefined) throw new Error("there is no replica");
    const stuck = { ...replica, removal: { ...replica.removal, diff: () => blocked("it is being backed up") } };
    resources = resources.map((each) => (each === replica ? stuck : each));
    const { exit, document } = await destroy("us");
    expect(exit).toBe(3);
    expect(document.left.map(({ step, summary }) => [step, summary])).toEqual([
      ["replica", "it is being backed up"],
      ["network", "network"],
    ]);
    const text = destructionText(document, plain);
    expect(text).toContain("Still there:\n  ✖ The replica (replica): it is being backed up");
    expect(text.split("\n").at(-1)).toBe("→ gennet region destroy us  # resumes from here");
  });

  it("A resource that is left alone stays, with what it needs", async () => {
    const { exit, document } = await destroy("us", ["replica"]);
    expect(document.left).toMatchObject([
      { step: "network", summary: "replica still needs it, and is left out of this plan" },
    ]);
    expect(exit).toBe(3);
    expect([trial.things.has("us/cluster"), trial.things.has("us/network")]).toEqual([false, true]);
    // A command without the flag would delete it.
    expect(destructionText(document, plain).split("\n").at(-1)).toBe(
      "→ gennet region destroy us --except replica  # resumes from here",
    );
    assertDocument(envelope(document));
  });

  it("The end of a destruction does not deny what --except leaves alone", async () => {
    const { document } = await destroy("us", ["network"]);
    const text = destructionText(document, plain);
    expect(text.split("\n").at(-1)).toBe("Nothing of us is left in AWS, apart from what --except leaves alone.");
  });

  it("What is left is unknown if the services give no answer at the end", async () => {
    trial.things.delete("us/cluster");
    trial.things.delete("us/replica");
    const part = await partOf("us");
    const { plan } = await planDestruction(trial.worlds, part, signal);
    const time = clock();
    const run = await beginRun(await openJournal(memoryLines(), "acme", time), "r1", {});
    const report = ({ step, state }: { readonly step: string; readonly state: string }): void => {
      if (step === "network" && state === "done")
        trial.broken.set("us/network", new AppError("AWS_UNREACHABLE", "gone"));
    };
    const { exit, document } = await destroyRegion(trial.worlds, part, plan, run, { clock: time, signal, report });
    expect(exit).toBe(5);
    expect(document.findings).toMatchObject([{ id: "region/left", severity: "unknown", summary: "gone" }]);
  });

  it("A destroyed region can be bootstrapped again", async () => {
    await destroy("us");
    await bootstrap();
    expect(Object.fromEntries(trial.things)).toEqual(whole);
  });
});

describe("a destruction that was killed before or after a change", () => {
  it("The next run continues, to the same end", async () => {
    const begin = (): void => start({ ...whole, "us/cluster": "protected" });
    const end = { "platform/zone": "there", "eu/network": "there", "eu/database": "protected", "eu/cluster": "there" };
    begin();
    await destroy("us");
    expect(Object.fromEntries(trial.things)).toEqual(end);
    const calls = trial.cloud.count();
    expect(calls).toBe(4);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        begin();
        trial.cloud.kill(n, when);
        await expect(destroy("us")).rejects.toThrow("killed");
        trial.cloud.restart();
        expect(await destroy("us")).toMatchObject({ exit: 0, document: { left: [] } });
        expect(Object.fromEntries(trial.things)).toEqual(end);
        expect(trial.cloud.count()).toBe(when === "before" ? calls + 1 : calls);
      }
    }
  });
});
