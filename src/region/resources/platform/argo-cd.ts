import { gt, valid } from "semver";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import { rolloutOf, type WorkloadObject } from "../../../core/kubernetes/workload.ts";
import { type Adoption, asDesired, blocked, creation, ready, type Readiness, update } from "../../../core/resource.ts";
import type { Cluster } from "../../../k8s/port.ts";
import {
  type ArgoCdManifests,
  digestAnnotation,
  isManagedByGennet,
  type KindDefinition,
} from "../../components/argo-cd.ts";
import { argoCdNamespace } from "../../components/component.ts";
import { downgrade } from "../../components/version-skew.ts";
import { versions, versionsOf } from "../../components/versions.ts";
import { sourcesOf } from "../../platform-sources.ts";
import { adoptingStep, type RegionResource, type RegionWorld } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { controllerObjects } from "../argocd-controller.ts";
import { askCluster, type NotAnswered } from "../ask-cluster.ts";
import {
  isChanging,
  nameOf,
  type ObjectState,
  operationsOn,
  refOf,
  stateOf,
  unknownBecause,
} from "../kubernetes-objects.ts";
import { namespaces } from "../namespaces.ts";
import { nodeGroup } from "../node-group.ts";

interface ArgoCdState {
  readonly manifests: ArgoCdManifests;
  readonly definitions: readonly (KindDefinition & { readonly live?: string })[];
  readonly objects: readonly ObjectState[];
  /** What its API server runs; undefined if that is unknown, or nothing yet. */
  readonly version?: string;
  /** What runs of another installation, by its name; and whether it is where gennet's is. */
  readonly foreign?: { readonly name: string; readonly isHere: boolean };
  /** The workloads that a sync needs and that are not available yet. */
  readonly waiting: readonly string[];
  /** With which its pods are looked at; undefined while there is no cluster. */
  readonly kubectl?: string;
}

type Actual = ArgoCdState | NotAnswered | undefined;

const title = `Argo CD ${versions.argoCd}`;
const definition = "apiextensions.k8s.io/v1";
/** Of a definition that gennet did not apply. Without a controller, it is only a leftover. */
const strangeDigest = "another";
/**
 * Those without which nothing is synced. The others start meanwhile, some with half a minute between two probes; the gates
 * at the end of a bootstrap wait for them.
 */
const syncing = ["argocd-application-controller", "argocd-repo-server", "argocd-redis"];

const adoption: Adoption<RegionWorld, Actual> = {
  foreign: (actual) => (isRead(actual) && actual.foreign?.isHere === true ? actual.foreign.name : undefined),
  mark: async (actual, { world, signal }) => {
    if (!isRead(actual)) return;
    const cluster = await world.cluster();
    for (const object of actual.manifests.objects) await cluster.apply(object, { force: true }, signal);
  },
};

/** Argo CD's own manifests, applied as they are but for a few settings. */
export const argoCd: RegionResource<Actual, true> = {
  id: "argo-cd",
  title,
  needs: [accessEntry, namespaces, nodeGroup],
  inCluster: true,
  longestPauseMs: 4_000,
  wanted: ({ platform }) => platform.gitops?.argocd === "managed",
  adoption,
  async read(at) {
    if (at.removing === true) return undefined;
    const manifests = await sourcesOf(at.world).argoCd(at.world.platform, at.signal);
    const asked = await askCluster(at, async (cluster, signal): Promise<ArgoCdState> => {
      const [definitions, objects, foreign, version] = await Promise.all([
        Promise.all(manifests.definitions.map((each) => withLive(each, cluster, signal))),
        Promise.all(manifests.objects.map((object) => stateOf(object, cluster, signal))),
        foreignIn(cluster, signal),
        runningVersion(cluster, signal),
      ]);
      const waiting = objects.some(isChanging) ? [] : await unavailable(manifests, cluster, signal);
      return {
        manifests,
        definitions,
        objects,
        waiting,
        kubectl: cluster.kubectl,
        ...(version === undefined ? {} : { version }),
        ...(foreign === undefined ? {} : { foreign }),
      };
    });
    return asked ?? nothingYet(manifests);
  },
  diff(actual, { world }) {
    if (actual === undefined) return asDesired;
    if ("unknown" in actual) return unknownBecause(actual.unknown);
    const { foreign } = actual;
    if (foreign !== undefined && (world.adopts !== true || !foreign.isHere)) {
      const leave = "Set gitops.argocd to external in gennet.yaml, and it is left alone.";
      return blocked(`${foreign.name} is not gennet's`, [], foreign.isHere ? [adoptingStep, leave] : [leave]);
    }
    const before = actual.version;
    const { argoCd: wanted } = versionsOf(world);
    if (before !== undefined && gt(before, wanted)) {
      const { reason, next } = downgrade("Argo CD", before, wanted);
      return blocked(reason, [], next);
    }
    const hidden = actual.objects.find(({ state }) => state === "unknown");
    if (hidden !== undefined) return blocked(`what it is like is unknown: ${hidden.details.join("; ")}`);
    const owned = actual.objects.find(({ state }) => state === "owned");
    if (owned !== undefined && world.adopts !== true) {
      return blocked(`another field manager owns a part of it: ${owned.details.join("; ")}`);
    }
    const definitions = actual.definitions.flatMap(({ name, digest, live }) => {
      const target = `CustomResourceDefinition ${name}`;
      if (live === undefined) return [creation(target)];
      return live === digest ? [] : [update(target, "manifest", digest, live)];
    });
    const isOther = before !== undefined && before !== wanted;
    const version = isOther ? [update("Argo CD", "version", wanted, before)] : [];
    return { operations: [...version, ...definitions, ...actual.objects.flatMap(operationsOn)] };
  },
  async apply(actual, { world, signal }) {
    const cluster = await world.cluster();
    if (!isRead(actual)) return;
    const { manifests, definitions, objects } = actual;
    // Defaults of what is only adopted are taken over with it.
    const force = world.adopts === true;
    for (const each of definitions) {
      if (each.live !== each.digest) await cluster.apply(each.object(), { force: true }, signal);
    }
    const changing = new Set(objects.filter(isChanging).map(({ ref }) => ref));
    for (const object of manifests.objects) {
      if (changing.has(nameOf(refOf(object)))) await cluster.apply(object, { force }, signal);
    }
  },
  ready: (actual): Readiness => {
    if (!isRead(actual) || actual.waiting.length === 0) return ready;
    const { kubectl = "kubectl" } = actual;
    const next = [`${kubectl} -n ${argoCdNamespace} get pods  # shows why pods do not start`];
    return { state: "waiting", detail: actual.waiting.join(", "), next };
  },
  output: (actual) => (isRead(actual) && !actual.objects.some(isChanging) ? true : undefined),
};

function isRead(actual: Actual): actual is ArgoCdState {
  return actual !== undefined && !("unknown" in actual);
}

/** Returns that everything is missing: there is no cluster yet, or it does not accept the caller yet. */
function nothingYet(manifests: ArgoCdManifests): ArgoCdState {
  const objects = manifests.objects.map((object): ObjectState => ({
    ref: nameOf(refOf(object)),
    state: "missing",
    details: [],
  }));
  return { manifests, definitions: manifests.definitions, objects, waiting: [] };
}

async function withLive(
  each: KindDefinition,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ArgoCdState["definitions"][number]> {
  const ref = { apiVersion: definition, kind: "CustomResourceDefinition", name: each.name };
  const live = await cluster.get(ref, signal);
  if (live === undefined) return each;
  return { ...each, live: live.metadata.annotations?.[digestAnnotation] ?? strangeDigest };
}

/** Returns a controller of Argo CD that gennet did not install, in whatever namespace. */
async function foreignIn(cluster: Cluster, signal: AbortSignal): Promise<ArgoCdState["foreign"]> {
  const foreign = (await controllerObjects(cluster, signal)).find((each) => !isManagedByGennet(each));
  if (foreign === undefined) return undefined;
  const { name, namespace } = foreign.metadata;
  return {
    name: `Argo CD in the namespace ${namespace ?? ""}`,
    isHere: namespace === argoCdNamespace && name === "argocd-application-controller",
  };
}

function isSyncing({ kind, metadata }: KubeObject): boolean {
  return ["Deployment", "StatefulSet"].includes(kind) && syncing.includes(metadata.name);
}

/** Returns the version of the image of Argo CD's API server. A mirror's images may have other tags. */
async function runningVersion(cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: argoCdNamespace, name: "argocd-server" };
  const live = (await cluster.get(ref, signal)) as WorkloadObject | undefined;
  const [container] = (live?.spec.template?.spec?.containers ?? []) as readonly { readonly image?: string }[];
  const [, tag] = /:([^:/@]+)(?:@.*)?$/.exec(container?.image ?? "") ?? [];
  return valid(tag) ?? undefined;
}

async function unavailable(
  { objects }: ArgoCdManifests,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const workloads = objects.filter(isSyncing);
  const states = await Promise.all(
    workloads.map(async (object) => {
      const live = await cluster.get(refOf(object), signal);
      return live === undefined ? undefined : waitingFor(live);
    }),
  );
  return states.flatMap((each) => each ?? []);
}

function waitingFor(live: KubeObject): string | undefined {
  const { desired, available, observed, rolling } = rolloutOf(live as WorkloadObject);
  if (observed && !rolling && available >= desired) return undefined;
  return `${nameOf(refOf(live))}: ${available} of ${desired} pods available`;
}
