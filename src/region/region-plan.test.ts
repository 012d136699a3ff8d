import { describe, expect, it } from "vitest";
import { memoryAws } from "../../test/support/memory-aws.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import { AppError } from "../core/error.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { exitOfPlan, planRegions, planVersion, type RegionChange } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

const platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: [
    { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" },
    { name: "us", awsRegion: "us-east-1", accountId: "111122223333", cluster: "acme-us" },
  ],
});

function world(name: string, verifyAccount?: RegionWorld["aws"]["verifyAccount"]): RegionWorld {
  const region = platform.regions.find((each) => each.name === name) as Region;
  const { aws } = memoryAws({ name, awsRegion: region.awsRegion, accountId: region.accountId });
  const verified = verifyAccount === undefined ? aws : { ...aws, verifyAccount };
  return { platform, region, aws: verified, cluster: async () => memoryCluster(name).cluster };
}

const failing = (error: unknown) => async (): Promise<never> => {
  throw error;
};
const silent = new AppError("AWS_UNREACHABLE", "no answer from STS");

describe("planning several regions", () => {
  const { signal } = new AbortController();

  it("Regions that answer are planned, and the one that does not is named", async () => {
    const plan = await planRegions([world("eu"), world("us", failing(silent))], signal);
    expect(plan.regions.map(({ name }) => name)).toEqual(["eu"]);
    expect(plan.findings.filter(({ region }) => region === "us")).toMatchObject([
      { id: "region/plan", severity: "unknown" },
    ]);
    expect(exitOfPlan(plan)).toBe(5);
  });

  it("An error is thrown if no region answers", async () => {
    const none = [world("eu", failing(silent)), world("us", failing(silent))];
    await expect(planRegions(none, signal)).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  });

  it.each([
    ["AWS_ACCOUNT_MISMATCH", "unknown", 4],
    ["KUBE_CONTEXT_UNKNOWN", "unknown", 2],
    ["REGION_NOT_MANAGED", "unknown", 7],
    ["AWS_REJECTED", "fail", 3],
  ] as const)("A region that fails with %s does not silence the others", async (code, severity, exit) => {
    const plan = await planRegions([world("eu"), world("us", failing(new AppError(code, "why")))], signal);
    expect(plan.regions.map(({ name }) => name)).toEqual(["eu"]);
    const ofUs = plan.findings.filter(({ region }) => region === "us");
    expect(ofUs).toMatchObject([{ id: "region/plan", severity, summary: "why" }]);
    expect(exitOfPlan(plan)).toBe(exit);
  });

  it("Nothing is planned with credentials for another account alone, nor after a bug", async () => {
    const mismatch = new AppError("AWS_ACCOUNT_MISMATCH", "another account");
    await expect(planRegions([world("us", failing(mismatch))], signal)).rejects.toBe(mismatch);
    const bug = new TypeError("undefined is not a function");
    await expect(planRegions([world("eu"), world("us", failing(bug))], signal)).rejects.toBe(bug);
  });

  it("A region that has not answered when the time is up has no plan", async () => {
    const limit = new AbortController();
    const hanging = (inner: AbortSignal) =>
      new Promise<never>((_, reject) => inner.addEventListener("abort", () => reject(inner.reason)));
    const planning = planRegions([world("eu"), world("us", hanging)], limit.signal);
    setImmediate(() => limit.abort(new AppError("TIMED_OUT", "Not done within --timeout 5s.")));
    const plan = await planning;
    expect(plan.regions.map(({ name }) => name)).toEqual(["eu"]);
    expect(plan.findings).toMatchObject([{ region: "us", severity: "unknown", obstacle: "timed-out" }]);
    expect(exitOfPlan(plan)).toBe(6);
  });
});

describe("the exit code of a plan", () => {
  const change = (action: RegionChange["action"]): RegionChange => ({
    step: action,
    title: action,
    operations: action === "create" || action === "update" ? [{ verb: action, target: "a" }] : [],
    ...(action === "blocked" || action === "deferred" ? { obstacle: { kind: action, reason: "it is" } } : {}),
    action,
    summary: "",
    details: [],
  });
  it.each([
    [["none"], 0],
    [["none", "deferred"], 0],
    [["create", "deferred"], 8],
    [["update", "blocked"], 3],
    [["blocked"], 3],
  ] as const)("of %j is %i", (actions, code) => {
    const entry = { name: "eu", awsRegion: "eu-west-1", accountId: "1", spec: "" };
    const regions = [{ ...entry, changes: actions.map(change) }];
    const plan = { kind: "RegionPlan", planVersion, regions, findings: [] } as const;
    expect(exitOfPlan(plan)).toBe(code);
  });
});
