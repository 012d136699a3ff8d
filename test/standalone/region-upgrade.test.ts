import { EKSClient, UpdateClusterVersionCommand } from "@aws-sdk/client-eks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectAws } from "../../src/aws/aws.ts";
import type { Aws } from "../../src/aws/port.ts";
import type { Gate } from "../../src/core/gate.ts";
import { openJournal } from "../../src/core/journal.ts";
import { beginRun, type RunSettings } from "../../src/core/run.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import { compareRegions } from "../../src/region/region-plan.ts";
import {
  changeVersion,
  planRollback,
  planUpgrade,
  type PlannedVersion,
} from "../../src/region/upgrade/change-version.ts";
import { upgradeReadiness } from "../../src/region/upgrade/readiness/index.ts";
import type { UpgradeRules } from "../../src/region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { type AwsEndpoint, startAwsEndpoint, stubAwsEnvironment } from "../support/aws-endpoint.ts";
import { bootstrapped } from "../support/bootstrapped-region.ts";
import { memoryCluster, type MemoryCluster } from "../support/memory-cluster.ts";
import { memoryLines } from "../support/memory-lines.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { patientSignal } from "../support/region-trial.ts";
import { virtualClock } from "../support/virtual-clock.ts";

/** What takes AWS minutes takes less than a second, and its seven days five minutes. */
const clockScale = 2_000;
const clock = virtualClock();
const signal = patientSignal();

let endpoint: AwsEndpoint;
let aws: Aws;
let american: Aws;
let failing: string | undefined;

beforeAll(async () => {
  endpoint = await startAwsEndpoint(clockScale, { servers: false });
  stubAwsEnvironment(endpoint);
  const settings = { env: endpoint.env, requestTimeoutMs: 60_000, clock, random: () => 0, emit: () => undefined };
  aws = connectAws({ name: "eu", awsRegion: "eu-west-1", accountId: endpoint.accountId }, settings);
  american = connectAws({ name: "us", awsRegion: "us-east-1", accountId: endpoint.accountId }, settings);
});
afterAll(async () => {
  await aws.close();
  await american.close();
  vi.unstubAllEnvs();
  await endpoint.stop();
});

/** The region eu has node groups, and us has Auto Mode. */
function worldFor(version: string, { cluster: api }: MemoryCluster, its = aws): RegionWorld {
  const { name, awsRegion, accountId } = its.target;
  const nodes = { mode: its === american ? "auto" : "managed" } as const;
  const region = { name, awsRegion, accountId, cluster: `acme-${name}`, kubernetes: { version }, nodes };
  const platform = platformSchema.parse({ name: "acme", domain: "acme.example", state: "local", regions: [region] });
  return { platform, region: nonEmpty(platform.regions)[0], aws: its, cluster: async () => api };
}

async function controlPlane(): Promise<string | undefined> {
  return (await (await aws.service("eks")).cluster("acme-eu", signal))?.version;
}

async function nodes(): Promise<string | undefined> {
  return (await (await aws.service("eks")).nodegroup("acme-eu", "default", signal))?.version;
}

const health: Gate = {
  id: "health",
  evaluate: async () => ({ answer: (await controlPlane()) === failing ? "fail" : "pass", findings: [] }),
};
const rules: UpgradeRules = {
  bakeMs: 60 * 60_000,
  acting: { clock, health, readiness: upgradeReadiness, waiting: () => undefined },
};

async function changed(planned: PlannedVersion): Promise<{ exit: number; summaries: readonly string[] }> {
  const settings: RunSettings = { clock, signal, report: () => undefined };
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  const { exit, findings } = await changeVersion(planned, rules, run, settings);
  return { exit, summaries: findings.map(({ summary }) => summary) };
}

describe("the version of a region on the sandbox's AWS", () => {
  it("A region is upgraded, rolled back after a bake that failed, and upgraded", async () => {
    const api = memoryCluster("eu");
    await bootstrapped([worldFor("1.33", api)]);
    expect([await controlPlane(), await nodes()]).toEqual(["1.33", "1.33"]);

    const wanted = worldFor("1.34", api);
    const { changes } = nonEmpty((await compareRegions([wanted], signal)).regions)[0];
    expect(changes.find(({ step }) => step === "kubernetes")).toMatchObject({
      action: "blocked",
      obstacle: { next: ["gennet region upgrade eu"] },
    });

    failing = "1.34";
    expect(await changed(await planUpgrade(wanted, rules, signal))).toMatchObject({
      exit: 3,
      summaries: [expect.stringMatching(/^Region eu with the control plane 1\.34 is unhealthy/)],
    });
    expect([await controlPlane(), await nodes()]).toEqual(["1.34", "1.33"]);

    expect(await changed(await planRollback(wanted, rules, signal))).toEqual({ exit: 0, summaries: [] });
    expect([await controlPlane(), await nodes()]).toEqual(["1.33", "1.33"]);

    failing = undefined;
    expect(await changed(await planUpgrade(wanted, rules, signal))).toEqual({ exit: 0, summaries: [] });
    expect([await controlPlane(), await nodes()]).toEqual(["1.34", "1.34"]);
    const left = nonEmpty((await compareRegions([wanted], signal)).regions)[0].changes;
    expect(left.filter(({ action }) => action !== "none" && action !== "deferred")).toEqual([]);
    await expect(planRollback(wanted, rules, signal)).rejects.toThrow("EKS rolls back no nodes");
  });

  it("A finished upgrade of Auto Mode is rolled back, and a rollback that EKS has begun is continued", async () => {
    failing = undefined;
    const api = memoryCluster("us");
    const eks = await american.service("eks");
    const version = async (): Promise<string | undefined> => (await eks.cluster("acme-us", signal))?.version;
    await bootstrapped([worldFor("1.33", api, american)]);
    const wanted = worldFor("1.34", api, american);
    const upgrade = async (): ReturnType<typeof changed> => changed(await planUpgrade(wanted, rules, signal));
    const rollback = async (): ReturnType<typeof changed> => changed(await planRollback(wanted, rules, signal));
    const done = { exit: 0, summaries: [] };
    expect([await upgrade(), await version(), await eks.nodegroups("acme-us", signal)]).toEqual([done, "1.34", []]);
    expect([await rollback(), await version()]).toEqual([done, "1.33"]);

    expect(await upgrade()).toEqual(done);
    const sdk = new EKSClient({ ...endpoint.client, region: "us-east-1" });
    await sdk.send(new UpdateClusterVersionCommand({ name: "acme-us", version: "1.33" }));
    sdk.destroy();
    expect([await rollback(), await version()]).toEqual([done, "1.33"]);
    const updates = await eks.clusterUpdates("acme-us", signal);
    expect(updates.map(({ type, status }) => `${type} ${status}`)).toEqual([
      "VersionRollback Successful",
      "VersionUpdate Successful",
      "VersionRollback Successful",
      "VersionUpdate Successful",
    ]);
  });
});
