import { beforeAll, describe, expect, it } from "vitest";
import type { AnyResource, Readiness } from "../../src/core/resource.ts";
import { Outputs } from "../../src/core/resource-graph.ts";
import { platformGraph } from "../../src/region/platform-graph.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { awsModel, awsWaiter } from "../support/aws-models.ts";
import { statusKinds, type StatusKind, waitedForElsewhere } from "../support/aws-statuses.ts";
import { counted } from "../support/counted.ts";
import { bringByEks } from "../support/eks-argocd.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { processCalls } from "../support/process-calls.ts";
import { regionTrial } from "../support/region-trial.ts";
import { pythonTools } from "../support/uv.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const signal = new AbortController().signal;

/** A resource of AWS, once everything exists. */
interface Seen {
  readonly resource: AnyResource<RegionWorld>;
  readonly actual: unknown;
  /** Reads it again, while AWS reports this status of everything. */
  read(status: string, use: { readonly removing: boolean }): Promise<unknown>;
}

/** Builds two regions in memory, and reads each resource that AWS answers for, in a region that has it. */
async function seen(): Promise<ReadonlyMap<string, Seen>> {
  const trial = regionTrial(2);
  bringByEks(trial);
  expect((await trial.bootstrap()).exit).toBe(0);
  const worlds = nonEmpty(trial.sites).map((site) => site.world());
  const outputs = new Outputs<RegionWorld>();
  const found = new Map<string, Seen>();
  for (const node of nonEmpty(platformGraph(worlds))) {
    const { resource, world, primary } = node;
    let reported: string | undefined;
    const calls = processCalls(virtualClock(), {
      answers: (_at, { name }, answer) => {
        // Backups keep the key, whatever its status is.
        if (name === "rds encryptedWith") return { instances: [], snapshots: [], backups: [] };
        if (name === "neptune encryptedWith") return { clusters: [], snapshots: [] };
        return reported === undefined ? answer : withStatus(answer, reported);
      },
    });
    const answered = (own: RegionWorld): RegionWorld => {
      const service: RegionWorld["aws"]["service"] = async (name) =>
        calls.through(name, await own.aws.service(name), () => 0);
      return { ...own, aws: { ...own.aws, service } };
    };
    const worlds = { world: answered(world), primary: { ...primary, world: answered(primary.world) } };
    const context = outputs.contextOf({ ...node, ...worlds }, signal);
    const actual = await resource.read(context);
    outputs.keep(node, resource.output(actual));
    if (calls.made.length === 0 || hasStatus(found.get(resource.id)?.actual)) continue;
    const read: Seen["read"] = async (status, { removing }) => {
      reported = status;
      return resource.read({ ...context, removing });
    };
    found.set(resource.id, { resource, actual, read });
  }
  return found;
}

const isStatus = /^(status|state)$/i;

/** Returns the value with another status in every place that has one. */
function withStatus(value: unknown, status: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withStatus(each, status));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      isStatus.test(key) && typeof each === "string" ? status : withStatus(each, status),
    ]),
  );
}

function hasStatus(value: unknown): boolean {
  if (value === undefined) return false;
  return JSON.stringify(value) !== JSON.stringify(withStatus(value, "a status that AWS does not have"));
}

async function known({ source }: StatusKind): Promise<readonly string[]> {
  if ("statuses" in source) return source.statuses;
  const all = (await awsModel(source.service)).shapes[source.shape]?.enum ?? [];
  return source.answeredInLowerCase === true ? all.map((status) => status.toLowerCase()) : all;
}

// The first use on a machine installs Python packages.
beforeAll(async () => void (await pythonTools()), 600_000);

describe("the statuses of AWS's resources", () => {
  it.each(statusKinds.map((kind) => [kind.kind, kind] as const))(
    "Every status of a resource of type %s in AWS's model is classified",
    async (_name, kind) => {
      const classified = [...kind.ready, ...kind.waiting, ...kind.failed];
      expect(classified.toSorted()).toEqual(nonEmpty(await known(kind)).toSorted());
    },
  );

  it("What AWS's own waiters wait for is ready, and what they give up on is not", async () => {
    for (const { kind, source, waiter, ready } of nonEmpty(statusKinds.filter((each) => each.waiter !== undefined))) {
      const { success, failure } = await awsWaiter(source.service, waiter ?? "");
      const missing = nonEmpty(success).filter((status) => !ready.includes(status));
      expect({ kind, missing }).toEqual({ kind, missing: [] });
      expect({ kind, both: failure.filter((status) => ready.includes(status)) }).toEqual({ kind, both: [] });
    }
  });

  it("Every resource that AWS reports a status of belongs to a kind, or another one waits for the status", async () => {
    const reported = [...(await seen())].filter(([, { actual }]) => hasStatus(actual)).map(([id]) => id);
    const known = [...statusKinds.flatMap(({ resources }) => resources), ...Object.keys(waitedForElsewhere)];
    expect(reported.toSorted()).toEqual(nonEmpty(known).toSorted());
    const classified = statusKinds.flatMap(({ resources }) => resources);
    expect(Object.values(waitedForElsewhere).filter((id) => !classified.includes(id))).toEqual([]);
  });

  it("A resource is ready, waits or has failed as its status says, and waits if the status is unknown", async () => {
    const all = await seen();
    let count = 0;
    for (const kind of nonEmpty(statusKinds)) {
      const expected: readonly (readonly [string, Readiness["state"]])[] = [
        ...kind.ready.map((status) => [status, "ready"] as const),
        ...kind.failed.map((status) => [status, "failed"] as const),
        ...[...kind.waiting, "A_STATUS_OF_TOMORROW"].map((status) => [status, "waiting"] as const),
      ];
      for (const id of nonEmpty(kind.resources)) {
        const { resource, read } = all.get(id) ?? {};
        const states: (readonly [string, unknown])[] = [];
        const gone: string[] = [];
        for (const [status] of expected) {
          states.push([status, resource?.ready(await read?.(status, { removing: false })).state]);
          const removal = resource?.removal?.gone(await read?.(status, { removing: true }));
          if (removal?.state === "ready") gone.push(status);
        }
        expect({ id, states }).toEqual({ id, states: expected });
        // What AWS still reports is not gone yet.
        expect({ id, gone: gone.toSorted() }).toEqual({ id, gone: (kind.gone ?? []).toSorted() });
        count += states.length;
      }
    }
    counted(`${count} statuses of ${statusKinds.length} kinds of AWS resources`);
  });
});
