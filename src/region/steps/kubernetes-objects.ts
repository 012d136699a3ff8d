import { AppError } from "../../core/error.ts";
import { type AnyStep, type Change, nothing, ready } from "../../core/step.ts";
import type { Cluster, KubeObject, ObjectRef } from "../../k8s/port.ts";
import { changedFields } from "../changed-fields.ts";
import type { RegionStep, World } from "../world.ts";
import { accessEntry } from "./access-entry.ts";

interface ObjectFacts {
  readonly id: string;
  readonly title: string;
  readonly needs?: readonly AnyStep<World>[];
  readonly objects: (world: World) => readonly KubeObject[];
  /** What is lacking where the kind is not served: `Istio`. */
  readonly from?: string;
}

interface ObjectState {
  readonly ref: string;
  readonly state: "missing" | "same" | "different" | "unserved" | "owned";
  /** The fields that differ, or what the API server says about their owner. */
  readonly details: readonly string[];
}

/** Undefined while the API server does not let us in. */
type Actual = readonly ObjectState[] | undefined;

/**
 * Objects that must be in the cluster, by server-side apply. Compared by a dry run of it, so that the API server's
 * own defaults and admission decide what a difference is.
 */
export function kubernetesObjects(facts: ObjectFacts): RegionStep<Actual, true> {
  return {
    id: facts.id,
    title: facts.title,
    scope: "region",
    needs: [accessEntry, ...(facts.needs ?? [])],
    patienceMs: 2 * 60_000,
    async read(at) {
      if (at.output(accessEntry) === undefined) return undefined;
      const cluster = await at.world.cluster();
      return Promise.all(facts.objects(at.world).map((object) => stateOf(object, cluster, at.signal)));
    },
    diff: (actual, { world }) => changeOf(actual, facts, world),
    async apply(actual, { world, signal }) {
      const cluster = await world.cluster();
      const changing = new Set(actual?.filter(isChanging).map((each) => each.ref));
      for (const object of facts.objects(world)) {
        if (changing.has(nameOf(object))) await cluster.apply(object, {}, signal);
      }
    },
    ready: () => ready,
    output: (actual) => (actual?.every((each) => each.state === "same") ? true : undefined),
  };
}

async function stateOf(object: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<ObjectState> {
  const ref = nameOf(object);
  if (!(await cluster.serves(object.apiVersion, object.kind, signal))) return { ref, state: "unserved", details: [] };
  const live = await cluster.get(refOf(object), signal);
  if (live === undefined) return { ref, state: "missing", details: [] };
  try {
    const details = changedFields(live, await cluster.apply(object, { dryRun: true }, signal));
    return { ref, state: details.length === 0 ? "same" : "different", details };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "KUBE_CONFLICT") throw error;
    return { ref, state: "owned", details: [error.message] };
  }
}

function changeOf(actual: Actual, { objects, from }: ObjectFacts, world: World): Change {
  const all = objects(world).map(nameOf);
  if (actual === undefined) return { action: "create", summary: inWords(all.length), details: all };
  if (actual.some((each) => each.state === "unserved")) {
    return { action: "deferred", summary: `until ${from ?? "its kind"} is installed`, details: all };
  }
  const owned = actual.filter((each) => each.state === "owned");
  if (owned.length > 0) {
    return {
      action: "blocked",
      summary: "another field manager owns it",
      details: owned.flatMap((each) => each.details),
    };
  }
  const changing = actual.filter(isChanging);
  if (changing.length === 0) return nothing;
  return {
    action: changing.every((each) => each.state === "missing") && changing.length === all.length ? "create" : "update",
    summary: inWords(changing.length),
    details: changing.map((each) => (each.details.length === 0 ? each.ref : `${each.ref}: ${each.details.join(", ")}`)),
  };
}

function isChanging(each: ObjectState): boolean {
  return each.state === "missing" || each.state === "different";
}

function inWords(count: number): string {
  return count === 1 ? "1 object" : `${count} objects`;
}

function nameOf(object: KubeObject): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
