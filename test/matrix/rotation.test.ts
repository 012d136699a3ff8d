import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../src/core/error.ts";
import { isNightly } from "../support/effort.ts";
import { v0, v1, v2, v3 } from "../support/memory-secrets.ts";
import { plantedIn } from "../support/planted.ts";
import { accepted, Killed, planted, type RotationTrial, rotationTrial, valuesOf } from "../support/rotation-trial.ts";

const labelsBefore = { AWSCURRENT: v1, AWSPREVIOUS: v0 };
const labelsAfter = { AWSCURRENT: v2, AWSPREVIOUS: v1 };
const four = (value: string): string[] => [value, value, value, value];

let trials: RotationTrial[] = [];
afterEach(() => {
  const leaks = trials.flatMap(({ told }) => plantedIn(told.join("\n"), Object.values(planted)));
  trials = [];
  if (leaks.length > 0) throw new Error(`a value came out as ${leaks.join(", ")}`);
});

/**
 * Pods are checked at every change: they must run with a valid value. `restless`: External Secrets refreshes all the
 * time, and pods are replaced, as on a node failure.
 */
async function begin(restless = false): Promise<RotationTrial> {
  const trial = rotationTrial();
  trials.push(trial);
  await trial.settle();
  trial.onChange = async () => {
    for (const region of restless ? trial.regions : []) {
      await region.refresh();
      region.replacePod();
    }
    const works = accepted(trial);
    expect(valuesOf(trial).filter((value) => !works.includes(value))).toEqual([]);
  };
  return trial;
}

async function countChanges(
  prepare: (trial: RotationTrial) => void = () => undefined,
  restless = false,
): Promise<number> {
  const trial = await begin(restless);
  const before = trial.changes.length;
  prepare(trial);
  await trial.run();
  return trial.changes.length - before;
}

function expectRotated(trial: RotationTrial): void {
  expect(valuesOf(trial)).toEqual(four(planted.next));
  expect(Object.fromEntries(trial.secret.labels)).toEqual(labelsAfter);
}

function expectAsBefore(trial: RotationTrial): void {
  expect(valuesOf(trial)).toEqual(four(planted.old));
  expect(Object.fromEntries(trial.secret.labels)).toEqual(labelsBefore);
}

describe("a rotation", () => {
  it("A rotation gives every pod of every region the new value", async () => {
    const trial = await begin();
    expect(valuesOf(trial)).toEqual(four(planted.old));
    const { outcome, stages, findings } = await trial.run();
    expect(outcome).toBe("done");
    expect(stages.map(({ stage, outcome: each }) => `${stage} ${each}`)).toEqual([
      "pending done",
      "remember done",
      "promote done",
      "replicas done",
      "sync done",
      "restart/site-eu-west-1 done",
      "restart/site-us-east-1 done",
      "settled done",
    ]);
    expect(findings.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
      "secrets/replicas ok",
      "secrets/synced ok",
      "secrets/synced ok",
      "secrets/pods ok",
      "secrets/pods ok",
    ]);
    expectRotated(trial);
  });

  it("A finished rotation can be rolled back to the previous version, and then forth again", async () => {
    const trial = await begin();
    await trial.run();
    expect((await trial.run({ kind: "rollback" })).outcome).toBe("done");
    expect(valuesOf(trial)).toEqual(four(planted.old));
    expect(Object.fromEntries(trial.secret.labels)).toEqual({ AWSCURRENT: v1, AWSPREVIOUS: v2 });
    expect((await trial.run({ kind: "rollback" })).outcome).toBe("done");
    expectRotated(trial);
  });
});

describe("another process that rotates at the same time", () => {
  it.each([0, 1])(
    "A rotation keeps the value that another process sets at the same time, seen in region %i",
    async (at) => {
      const trial = await begin();
      const text = JSON.stringify({ user: "orders", password: planted.older });
      trial.onChange = async () => {
        if (!trial.changes.at(-1)?.endsWith("patch ExternalSecret") || trial.secret.texts.has(v3)) return;
        trial.secret.texts.set(v3, text);
        trial.secret.labels.set("AWSPREVIOUS", v2).set("AWSCURRENT", v3);
        await trial.regions[at]?.refresh();
      };
      const { outcome, failure } = await trial.run();
      expect({ outcome, code: failure?.code }).toEqual({ outcome: "undone", code: "SECRET_SUPERSEDED" });
      expect(Object.fromEntries(trial.secret.labels)).toEqual({ AWSCURRENT: v3, AWSPREVIOUS: v2 });
    },
  );
});

describe("an External Secrets that refreshes late", () => {
  it("A rotation that is rolled back gives the old value to pods that a late External Secrets gave the new one", async () => {
    const count = await countChanges((other) => stop(other, 0));
    expect(count).toBeGreaterThan(10);
    for (let at = 0; at < count - 1; at++) {
      const late = await begin();
      stop(late, 0);
      late.kill(at, "before");
      await expect(late.run()).rejects.toThrow(Killed);
      const [region] = late.regions;
      if (region === undefined) throw new Error("there is no region");
      region.operator = true;
      await region.refresh();
      region.replacePod();
      const { outcome, failure } = await late.run({ back: true });
      expect({ at, outcome }).toEqual({ at, outcome: "undone" });
      expect(["SAGA_TURNED_BACK", "SECRET_NOT_SYNCED"]).toContain(failure?.code);
      expectAsBefore(late);
    }
  });
});

describe.each(["before", "after"] as const)("killed %s any change", (when) => {
  it.each([
    ["is resumed and finishes", {}, expectRotated],
    ["is rolled back", { back: true }, expectAsBefore],
  ] as const)("A rotation that was killed at any change %s", async (_what, how, expected) => {
    for (const restless of [false, true]) {
      const count = await countChanges(undefined, restless);
      expect(count).toBeGreaterThan(20);
      for (let at = 0; at < count - 1; at++) {
        const trial = await begin(restless);
        trial.kill(at, when);
        await expect(trial.run(), trial.changes.at(-1)).rejects.toThrow(Killed);
        const { outcome } = await trial.run(how);
        expect({ at, outcome }).toEqual({ at, outcome: "back" in how ? "undone" : "done" });
        expected(trial);
      }
    }
  });

  it.each([
    ["External Secrets is stopped", "SECRET_NOT_SYNCED", (trial: RotationTrial): void => stop(trial, 1)],
    ["new pods crash", "ROLLOUT_FAILED", (trial: RotationTrial): void => crash(trial, 1)],
    [
      "a replica does not follow",
      "SECRET_REPLICA_BEHIND",
      (trial: RotationTrial): void => void (trial.secret.lag = String(trial.secret.texts.get(v1))),
    ],
  ] as const)("A rotation that was killed at any change restores everything if %s", async (_why, code, fail) => {
    for (const restless of [false, true]) {
      const count = await countChanges(fail, restless);
      expect(count).toBeGreaterThan(10);
      for (let at = 0; at < count - 1; at++) {
        const trial = await begin(restless);
        fail(trial);
        trial.kill(at, when);
        await expect(trial.run()).rejects.toThrow(Killed);
        const { outcome, failure } = await trial.run();
        expect({ at, outcome, code: failure?.code }).toEqual({ at, outcome: "undone", code });
        expectAsBefore(trial);
      }
    }
  });
});

/** By night: a second kill at every change of the run that resumes the first one. */
describe.each(isNightly ? (["before", "after"] as const) : [])("killed %s any two changes", (when) => {
  it.each([
    ["is resumed and finishes", {}, "done", expectRotated],
    ["is rolled back", { back: true }, "undone", expectAsBefore],
  ] as const)("A rotation that was killed at any two changes %s", async (_what, how, ended, expected) => {
    const killedAt = async (at: number): Promise<RotationTrial> => {
      const trial = await begin();
      trial.kill(at, when);
      await expect(trial.run()).rejects.toThrow(Killed);
      return trial;
    };
    const count = await countChanges();
    expect(count).toBeGreaterThan(10);
    for (let at = 0; at < count - 1; at++) {
      const whole = await killedAt(at);
      const before = whole.changes.length;
      await whole.run(how);
      const left = whole.changes.length - before;
      expect(left).toBeGreaterThan(0);
      for (let again = 0; again < left - 1; again++) {
        const trial = await killedAt(at);
        trial.kill(again, when);
        await expect(trial.run(how)).rejects.toThrow(Killed);
        const { outcome } = await trial.run(how);
        expect({ at, again, outcome }).toEqual({ at, again, outcome: ended });
        expected(trial);
      }
    }
  });
});

describe("a stuck rotation", () => {
  /** New pods crash in the second region, and External Secrets of the first one stops after AWSCURRENT has returned. */
  async function stuck(): Promise<RotationTrial> {
    const trial = await begin();
    const watched = trial.onChange;
    crash(trial, 1);
    trial.onChange = async () => {
      if (trial.changes.at(-1) === `AWSCURRENT ${v2} → ${v1}`) stop(trial, 0);
      await watched();
    };
    const { outcome, obstacle } = await trial.run();
    expect({ outcome, code: obstacle?.code }).toEqual({ outcome: "stuck", code: "SECRET_NOT_SYNCED" });
    return trial;
  }

  it("A stuck rotation is ended in its current state, and reports the value of each pod", async () => {
    const trial = await stuck();
    const { holders, findings } = await trial.accept();
    expect(findings).toEqual([]);
    expect(holders.map(({ region, workload, holds }) => `${region} ${workload} ${holds}`)).toEqual([
      "site-eu-west-1 Deployment shop/orders previous",
      "site-eu-west-1 Deployment shop/orders previous",
      "site-us-east-1 Deployment shop/orders current",
      "site-us-east-1 Deployment shop/orders current",
    ]);
    expect(Object.fromEntries(trial.secret.labels)).toEqual({ AWSCURRENT: v1, AWSPREVIOUS: v2 });
  });

  it.each(["before", "after"] as const)(
    "Ending a stuck rotation succeeds on the next attempt after a kill %s any change",
    async (when) => {
      const whole = await stuck();
      const before = whole.changes.length;
      await whole.accept();
      const count = whole.changes.length - before;
      expect(count).toBe(3);
      for (let at = 0; at < count; at++) {
        const trial = await stuck();
        trial.kill(at, when);
        await expect(trial.accept()).rejects.toThrow(Killed);
        const ended = at === count - 1 && when === "after";
        if (!ended) await trial.accept();
        await expect(trial.accept()).rejects.toThrow("nothing is unfinished");
        for (const region of trial.regions) Object.assign(region, { operator: true, crashing: undefined });
        expect((await trial.run()).outcome).toBe("done");
        expectRotated(trial);
      }
    },
  );

  it("A stuck rotation is rolled back once External Secrets runs again", async () => {
    const trial = await stuck();
    for (const region of trial.regions) region.operator = true;
    expect((await trial.run()).outcome).toBe("undone");
    expectAsBefore(trial);
  });
});

describe("an unreachable API server", () => {
  const away = (trial: RotationTrial, times: number): void => {
    let left = times;
    const { site } = trial.regions[1] as { site: { workloads: { restart: (...all: never[]) => Promise<void> } } };
    const { restart } = site.workloads;
    site.workloads.restart = async (...all) => {
      if (left-- > 0) throw new AppError("KUBE_UNREACHABLE", "connect ECONNREFUSED");
      return restart(...all);
    };
  };

  it("A rotation retries an API server that is briefly unreachable, and finishes", async () => {
    const trial = await begin();
    away(trial, 3);
    expect((await trial.run()).outcome).toBe("done");
    expectRotated(trial);
  });

  it("A rotation is rolled back if an API server is unreachable for longer than the rollout time-out", async () => {
    const trial = await begin();
    away(trial, 12);
    const { outcome, failure } = await trial.run();
    expect({ outcome, code: failure?.code }).toEqual({ outcome: "undone", code: "KUBE_UNREACHABLE" });
    expectAsBefore(trial);
  });
});

function stop(trial: RotationTrial, at: number): void {
  (trial.regions[at] as { operator: boolean }).operator = false;
}

function crash(trial: RotationTrial, at: number): void {
  (trial.regions[at] as { crashing: string }).crashing = planted.next;
}
