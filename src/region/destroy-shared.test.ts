import { describe, expect, it } from "vitest";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { type RegionTrial, regionTrial } from "../../test/support/region-trial.ts";
import type { SecretDescription } from "../aws/secrets/port.ts";
import { AppError } from "../core/error.ts";
import { openJournal } from "../core/journal.ts";
import { beginRun } from "../core/run.ts";
import { destroyRegion, planDestruction } from "./destroy.ts";
import { partToDestroy } from "./destroy-scope.ts";
import { changesOf, compareRegions } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();

/** Two regions, whose databases are not protected. */
async function built(): Promise<RegionTrial> {
  const trial = regionTrial(2);
  trial.edit((keys) => ({ ...keys, stores: { postgres: { deletionProtection: false } } }));
  expect(await trial.bootstrap()).toMatchObject({ exit: 0, codes: [] });
  return trial;
}

function worldsIn({ sites }: RegionTrial): readonly RegionWorld[] {
  return sites.map(({ world }) => world());
}

async function loginIn(trial: RegionTrial): Promise<SecretDescription | undefined> {
  const [primary] = worldsIn(trial);
  return (await primary?.aws.service("secrets"))?.describe("acme/postgres", signal);
}

/** Makes Secrets Manager of the primary region fail. */
function withoutSecrets([primary, ...others]: readonly RegionWorld[]): readonly RegionWorld[] {
  if (primary === undefined) return [];
  const service: RegionWorld["aws"]["service"] = (name) =>
    name === "secrets"
      ? Promise.reject(new AppError("AWS_UNREACHABLE", "eu does not answer."))
      : primary.aws.service(name);
  return [{ ...primary, aws: { ...primary.aws, service } }, ...others];
}

describe("what regions have of each other", () => {
  it("The replica of the login goes with its region, after the database, and the plan says so", async () => {
    const trial = await built();
    const worlds = worldsIn(trial);
    const part = await partToDestroy(worlds, { region: "us", except: [] }, signal);
    const { plan } = await planDestruction(worlds, part, signal);
    const change = changesOf(plan).find(({ step }) => step === "postgres-login-copy");
    expect(change).toMatchObject({ region: "us", action: "delete", summary: "acme/postgres in us-east-1" });
    expect((await loginIn(trial))?.replicas.map(({ awsRegion }) => awsRegion)).toEqual(["us-east-1"]);
    const { exit, calls } = await trial.destroy();
    expect(exit).toBe(0);
    const order = calls.map(({ name }) => name).filter((name) => /deleteInstance|removeReplicas/.test(name));
    expect(order.map((name) => name.split(" ").at(-1))).toEqual(["deleteInstance", "removeReplicas"]);
    expect((await loginIn(trial))?.replicas).toEqual([]);
    // The login has a replica again as soon as gennet.yaml's regions are bootstrapped; that makes no region of it.
    expect(await partToDestroy(worlds, { region: "eu", except: [] }, signal)).toMatchObject({ isLast: true });
  });

  it("The last region goes as a whole, although nothing in it forwards writes of the others", async () => {
    const trial = await built();
    expect((await trial.destroy()).exit).toBe(0);
    const worlds = worldsIn(trial);
    const part = await partToDestroy(worlds, { region: "eu", except: [] }, signal);
    const { plan } = await planDestruction(worlds, part, signal);
    const { clock } = trial;
    const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
    const settings = { clock, signal, report: () => undefined };
    const { exit, document } = await destroyRegion(worlds, part, plan, run, settings);
    expect({ exit, left: document.left }).toEqual({ exit: 0, left: [] });
  });

  it("A replica whose primary region does not answer is left with the reason, and everything else goes", async () => {
    const trial = await built();
    const worlds = withoutSecrets(worldsIn(trial));
    const part = await partToDestroy(worlds, { region: "us", except: [] }, signal);
    const { plan } = await planDestruction(worlds, part, signal);
    const blocked = changesOf(plan).filter(({ action }) => action === "blocked");
    expect(blocked.map(({ step, summary }) => [step, summary])).toEqual([
      ["postgres-login-copy", "whether acme/postgres in us-east-1 exists is unknown: eu does not answer."],
    ]);
  });

  it("A source is not taken away while regions that are left out have its replicas", async () => {
    const trial = await built();
    trial.edit((keys) => ({ ...keys, stores: {} }));
    const plan = await compareRegions(worldsIn(trial), signal, { regions: ["eu"] });
    const changes = new Map(changesOf(plan).map(({ step, summary }) => [step, summary]));
    expect(changes.get("postgres")).toBe("us/postgres still needs it, and is left out of this plan");
    expect(changes.get("postgres-login")).toMatch(/^us\/postgres\S* still needs it, and is left out of this plan$/);
    const both = await compareRegions(worldsIn(trial), signal);
    expect(changesOf(both).filter(({ action }) => action === "blocked")).toEqual([]);
    expect(await trial.bootstrap()).toMatchObject({ exit: 0, codes: [] });
    expect(trial.sites[0]?.cloud.databases.instances.size).toBe(0);
  });
});
