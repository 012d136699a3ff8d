import { beforeAll, describe, expect, it } from "vitest";
import type { AnyResource, Readiness } from "../../src/core/resource.ts";
import { Outputs } from "../../src/core/resource-graph.ts";
import { platformGraph } from "../../src/region/platform-graph.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { awsModel, awsWaiter } from "../support/aws-models.ts";
import { statusKinds, type StatusKind } from "../support/aws-statuses.ts";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { processCalls } from "../support/process-calls.ts";
import { regionTrial } from "../support/region-trial.ts";
import { pythonTools } from "../support/uv.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const signal = new AbortController().signal;

/** A resource of AWS as it is read once everything exists. */
interface Seen {
  readonly resource: AnyResource<RegionWorld>;
  readonly actual: unknown;
}

/** Builds a region in memory, and reads each resource that AWS answers for. */
async function seen(): Promise<ReadonlyMap<string, Seen>> {
  const trial = regionTrial();
  expect((await trial.bootstrap()).exit).toBe(0);
  const world = nonEmpty(trial.sites)[0].world();
  const outputs = new Outputs<RegionWorld>();
  const found = new Map<string, Seen>();
  for (const node of nonEmpty(platformGraph([world]))) {
    const calls = processCalls(virtualClock());
    const through = { ...world.aws, service: asked(calls.through, world) };
    const context = outputs.contextOf({ ...node, world: { ...world, aws: through } }, signal);
    const actual = await node.resource.read(context);
    outputs.keep(node, node.resource.output(actual));
    if (calls.made.length > 0) found.set(node.resource.id, { resource: node.resource, actual });
  }
  return found;
}

function asked(
  through: ReturnType<typeof processCalls>["through"],
  { aws }: RegionWorld,
): RegionWorld["aws"]["service"] {
  return async (service) => through(service, await aws.service(service), () => 0);
}

const isStatus = /^(status|state)$/i;

/** Returns the value with another status in every place that has one. */
function withStatus(value: unknown, status: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withStatus(each, status));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      isStatus.test(key) && typeof each === "string" ? status : withStatus(each, status),
    ]),
  );
}

function hasStatus(value: unknown): boolean {
  return JSON.stringify(value) !== JSON.stringify(withStatus(value, "a status that AWS does not have"));
}

async function known({ source }: StatusKind): Promise<readonly string[]> {
  if ("statuses" in source) return source.statuses;
  return (await awsModel(source.service)).shapes[source.shape]?.enum ?? [];
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
      expect({ kind, success: nonEmpty(success) }).toEqual({ kind, success: ready });
      expect({ kind, both: failure.filter((status) => ready.includes(status)) }).toEqual({ kind, both: [] });
    }
  });

  it("Every resource that AWS reports a status of belongs to a kind", async () => {
    const reported = [...(await seen())].filter(([, { actual }]) => hasStatus(actual)).map(([id]) => id);
    expect(reported.toSorted()).toEqual(nonEmpty(statusKinds.flatMap(({ resources }) => resources)).toSorted());
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
        const { resource, actual } = all.get(id) ?? {};
        const states = expected.map(([status]) => [status, resource?.ready(withStatus(actual, status)).state]);
        expect({ id, states }).toEqual({ id, states: expected });
        // What AWS still reports is not gone yet.
        const gone = expected.filter(
          ([status]) => resource?.removal?.gone(withStatus(actual, status)).state === "ready",
        );
        expect({ id, gone: gone.filter(([status]) => status !== "deleted") }).toEqual({ id, gone: [] });
        count += states.length;
      }
    }
    counted(`${count} statuses of ${statusKinds.length} kinds of AWS resources`);
  });
});
