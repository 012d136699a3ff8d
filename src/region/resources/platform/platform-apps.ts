import { canonicalJson } from "../../../core/canonical-json.ts";
import { itemsOf } from "../../../core/items-of.ts";
import { asDesired, ready, type Readiness } from "../../../core/resource.ts";
import { shell } from "../../../core/shell-words.ts";
import {
  applicationRef,
  componentApplication,
  filesAnnotation,
  rootApplication,
  rootName,
} from "../../components/applications.ts";
import { applicationName, argoCdNamespace, type ComponentWorld } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import { istiodPrefix } from "../../components/istiod.ts";
import { sourcesOf } from "../../platform-sources.ts";
import type { RegionResource } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { askCluster, type NotAnswered } from "../ask-cluster.ts";
import { unknownBecause } from "../kubernetes-objects.ts";
import { platformFiles } from "./platform-files.ts";
import { platformRoot } from "./platform-root.ts";
import { endOfSync, refresh, standsStill, type SyncedObject, syncBefore } from "./synced-object.ts";

interface Synced {
  /** The Applications that are not yet what Git has: what each one waits for, by its name. */
  readonly waiting: ReadonlyMap<string, string>;
  /** The command that ends a sync of an older commit, which keeps the newest one waiting. */
  readonly ending?: string;
  /** The names of Applications that Argo CD should look at again. */
  readonly still: readonly string[];
}

type Actual = Synced | NotAnswered | undefined;

/** All components, as Argo CD reports them. Nothing is changed: it waits until they are synced and healthy. */
export const platformApps: RegionResource<Actual, true> = {
  id: "platform-apps",
  title: "Components",
  needs: [accessEntry, platformFiles, platformRoot],
  inCluster: true,
  // Images of a whole platform are pulled, and a load balancer is made.
  patienceMs: 30 * 60_000,
  // A read is one request to the cluster.
  longestPauseMs: 2_000,
  read: (at) =>
    askCluster(at, async (cluster, signal): Promise<Synced> => {
      const query = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", namespace: argoCdNamespace };
      const mesh = at.output(platformFiles)?.mesh;
      const world = { ...at.world, ...(mesh === undefined ? {} : { mesh }) };
      if (!(await cluster.serves(query.apiVersion, query.kind, signal)))
        return { waiting: everything(world), still: [] };
      const live = await itemsOf(cluster.list<SyncedObject>(query, signal));
      const root = live.find(({ metadata }) => metadata.name === rootName);
      const patch = shell`-n ${argoCdNamespace} patch application ${rootName} --type merge -p ${JSON.stringify(endOfSync)}`;
      const isOutdated = root !== undefined && syncBefore(root, root.status?.sync?.revision ?? "") !== undefined;
      const ending = isOutdated ? { ending: `${cluster.kubectl} ${patch}` } : {};
      const waiting = waitingIn(live, root, world);
      const now = sourcesOf(at.world).clock.now();
      const still = live.filter((each) => waiting.has(each.metadata.name) && standsStill(each, now));
      return { waiting, ...ending, still: still.map(({ metadata }) => metadata.name) };
    }),
  diff: (actual) => (actual !== undefined && "unknown" in actual ? unknownBecause(actual.unknown) : asDesired),
  apply: async () => undefined,
  ready(actual): Readiness {
    if (actual === undefined || !("waiting" in actual)) return { state: "waiting", detail: "there is no cluster yet" };
    const [first] = actual.waiting.keys();
    if (first === undefined) return ready;
    return {
      state: "waiting",
      detail: [...actual.waiting].map(([name, why]) => `${name}: ${why}`).join("; "),
      next: [
        ...(actual.ending === undefined ? [] : [`${actual.ending}  # ends the sync of an older commit`]),
        `gennet app tree ${first}  # shows its resources`,
      ],
    };
  },
  async remind(actual, { world, signal }) {
    if (actual === undefined || !("waiting" in actual) || actual.still.length === 0) return;
    const cluster = await world.cluster();
    for (const name of actual.still) await cluster.patch(applicationRef(name), { merge: refresh }, {}, signal);
  },
  output: (actual) => (actual !== undefined && "waiting" in actual && actual.waiting.size === 0 ? true : undefined),
};

function everything(world: ComponentWorld): ReadonlyMap<string, string> {
  return new Map([
    [rootName, "not created yet"],
    ...componentsOf(world).map((each) => [applicationName(each), "not created yet"] as const),
  ]);
}

function waitingIn(
  live: readonly SyncedObject[],
  root: SyncedObject | undefined,
  world: ComponentWorld,
): ReadonlyMap<string, string> {
  const desired = [rootApplication(world), ...componentsOf(world).map((each) => componentApplication(each, world))];
  const names = desired.map(({ metadata }) => metadata.name);
  return new Map([
    ...leftIstiods(live, names).map((name) => [name, "is being removed"] as const),
    ...desired.flatMap((object): [string, string][] => {
      const { name } = object.metadata;
      const found = live.find(({ metadata }) => metadata.name === name);
      const why = found === undefined ? "not created yet" : whyWaiting(found, object as SyncedObject, root);
      return why === undefined ? [] : [[name, why]];
    }),
  ]);
}

/** Returns the Applications of istiods that Git does not have any more. */
export function leftIstiods(live: readonly SyncedObject[], wanted: readonly string[]): readonly string[] {
  return live
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(applicationName({ id: istiodPrefix })) && !wanted.includes(name));
}

/** Returns what an Application waits for; undefined if it is synced with Git as it is now, and healthy. */
function whyWaiting(live: SyncedObject, desired: SyncedObject, root: SyncedObject | undefined): string | undefined {
  const { sync = {}, health = {}, conditions = [], operationState } = live.status ?? {};
  const problem = conditions.find(({ type }) => type.endsWith("Error"))?.message;
  if (problem !== undefined) return problem;
  if (versionOf(live) !== versionOf(desired)) return "Argo CD has not seen its newest version yet";
  // Files beside it may have changed: both read the same branch.
  const isSameBranch = live.spec.source?.repoURL === root?.spec.source?.repoURL;
  if (isSameBranch && sync.revision !== root?.status?.sync?.revision) {
    return "it was not compared with the newest commit yet";
  }
  if (sync.status === "Synced") return health.status === "Healthy" ? undefined : (health.status ?? "Unknown");
  const isFailed = operationState?.phase === "Failed" || operationState?.phase === "Error";
  return `${sync.status ?? "Unknown"}${isFailed ? ` (${operationState.message ?? ""})` : ""}`;
}

function versionOf({ spec, metadata }: SyncedObject): string {
  return canonicalJson([spec.source ?? {}, metadata.annotations?.[filesAnnotation] ?? ""]);
}
