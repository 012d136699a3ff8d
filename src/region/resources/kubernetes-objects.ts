import { AppError } from "../../core/error.ts";
import type { Operation } from "../../core/operation.ts";
import { type AnyResource, blocked, creation, type Difference, ready } from "../../core/resource.ts";
import type { Cluster, ObjectRef } from "../../k8s/port.ts";
import { changedFields } from "../changed-fields.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";

interface ObjectFacts {
  readonly id: string;
  readonly title: string;
  readonly needs?: readonly AnyResource<RegionWorld>[];
  readonly objects: (world: RegionWorld) => readonly KubeObject[];
  readonly wanted?: (world: RegionWorld) => boolean;
  /** What must be installed for the kind to be served: `Istio`. */
  readonly from?: string;
}

export interface ObjectState {
  readonly ref: string;
  readonly state: "missing" | "same" | "different" | "unserved" | "owned" | "unknown";
  /** The fields that differ, or the API server's message about their owner, or why it is unknown. */
  readonly details: readonly string[];
}

/** Undefined while the API server does not accept the caller, but will; otherwise, why nothing is known. */
type Actual = readonly ObjectState[] | { readonly unknown: string } | undefined;

/**
 * Objects that are created with server-side apply. A dry run compares them, so that the API server's defaults and
 * admission do not show up as differences.
 */
export function kubernetesObjects(facts: ObjectFacts): RegionResource<Actual, true> {
  return {
    id: facts.id,
    title: facts.title,
    needs: [accessEntry, ...(facts.needs ?? [])],
    inCluster: true,
    ...(facts.wanted === undefined ? {} : { wanted: facts.wanted }),
    patienceMs: 2 * 60_000,
    async read(at) {
      const access = at.output(accessEntry);
      // They go together with the cluster.
      if (at.removing === true || access === undefined) return undefined;
      if (!access.admitted) return { unknown: `${access.caller} has no access entry for the cluster` };
      const cluster = await at.world.cluster();
      return Promise.all(facts.objects(at.world).map((object) => stateOf(object, cluster, at.signal)));
    },
    diff: (actual, { world }) => differenceOf(actual, facts, world),
    async apply(actual, { world, signal }) {
      const cluster = await world.cluster();
      const changing = new Set(
        statesOf(actual)
          .filter(isChanging)
          .map((each) => each.ref),
      );
      for (const object of facts.objects(world)) {
        if (changing.has(nameOf(refOf(object)))) await cluster.apply(object, {}, signal);
      }
    },
    ready: () => ready,
    output(actual) {
      const states = statesOf(actual);
      return states.length > 0 && states.every((each) => each.state === "same") ? true : undefined;
    },
  };
}

export async function stateOf(object: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<ObjectState> {
  const ref = nameOf(refOf(object));
  if (!(await cluster.serves(object.apiVersion, object.kind, signal))) return { ref, state: "unserved", details: [] };
  try {
    const live = await cluster.get(refOf(object), signal);
    if (live === undefined) return { ref, state: "missing", details: [] };
    const details = changedFields(live, await cluster.apply(object, { dryRun: true }, signal));
    return { ref, state: details.length === 0 ? "same" : "different", details };
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_CONFLICT") {
      return { ref, state: "owned", details: [error.message] };
    }
    return deniedTo(ref, error);
  }
}

/** Returns the state of an object that the caller may not read or compare. Throws every other error. */
function deniedTo(ref: string, error: unknown): ObjectState {
  if (!(error instanceof AppError) || error.code !== "KUBE_DENIED") throw error;
  return { ref, state: "unknown", details: [error.message] };
}

function statesOf(actual: Actual): readonly ObjectState[] {
  return actual === undefined || "unknown" in actual ? [] : actual;
}

function differenceOf(actual: Actual, { objects, from }: ObjectFacts, world: RegionWorld): Difference {
  // Which objects exist is unknown while the API server does not accept the caller.
  const all = objects(world).map((object) => creation(nameOf(refOf(object))));
  if (actual === undefined) return { operations: all };
  if ("unknown" in actual) return unknownBecause(actual.unknown);
  const hidden = actual.find((each) => each.state === "unknown");
  // The caller is admitted, but may not compare this object: nothing else in the plan says so.
  if (hidden !== undefined) return blocked(`what it is like is unknown: ${hidden.details.join("; ")}`);
  if (actual.some((each) => each.state === "unserved")) {
    const reason = `until ${from ?? "its kind"} is installed`;
    return { operations: all, obstacle: { kind: "deferred", reason } };
  }
  const owned = actual.filter((each) => each.state === "owned");
  if (owned.length > 0) {
    const [first] = owned.flatMap((each) => each.details);
    return blocked(`another field manager owns it: ${first}`);
  }
  return { operations: actual.flatMap(operationsOn) };
}

/** What cannot be read is neither missing nor as desired. */
export function unknownBecause(reason: string): Difference {
  return { operations: [], obstacle: { kind: "deferred", reason: `until it can be read: ${reason}` } };
}

export function operationsOn({ ref, state, details }: ObjectState): readonly Operation[] {
  if (state === "missing") return [creation(ref)];
  return state === "different" ? details.map((field) => ({ verb: "update", target: ref, field })) : [];
}

export function isChanging(each: ObjectState): boolean {
  return each.state === "missing" || each.state === "different";
}

/** Returns how plans call an object: `Service shop/orders`. */
export function nameOf({ kind, name, namespace }: Pick<ObjectRef, "kind" | "name" | "namespace">): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
