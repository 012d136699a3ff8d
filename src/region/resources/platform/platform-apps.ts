import { canonicalJson } from "../../../core/canonical-json.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import { itemsOf } from "../../../core/items-of.ts";
import { asDesired, ready, type Readiness } from "../../../core/resource.ts";
import { componentApplication, filesAnnotation, rootApplication, rootName } from "../../components/applications.ts";
import { applicationName, argoCdNamespace, type ComponentWorld } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import type { RegionResource } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { askCluster, type NotAnswered } from "../ask-cluster.ts";
import { unknownBecause } from "../kubernetes-objects.ts";
import { platformRoot } from "./platform-root.ts";

/** The fields of an Application that show whether it is what Git has. */
interface SyncedObject extends KubeObject {
  readonly spec: { readonly source?: { readonly repoURL?: string } };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase?: string; readonly message?: string };
  };
}

/** The Applications that are not yet what Git has: what each one waits for, by its name. */
type Actual = { readonly waiting: ReadonlyMap<string, string> } | NotAnswered | undefined;

/** All components, as Argo CD reports them. Nothing is changed: it waits until they are synced and healthy. */
export const platformApps: RegionResource<Actual, true> = {
  id: "platform-apps",
  title: "Components",
  needs: [accessEntry, platformRoot],
  inCluster: true,
  // Images of a whole platform are pulled, and a load balancer is made.
  patienceMs: 30 * 60_000,
  read: (at) =>
    askCluster(at, async (cluster, signal) => {
      const query = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", namespace: argoCdNamespace };
      if (!(await cluster.serves(query.apiVersion, query.kind, signal))) return { waiting: everything(at.world) };
      return { waiting: waitingIn(await itemsOf(cluster.list<SyncedObject>(query, signal)), at.world) };
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
      next: [`gennet app tree ${first}  # shows its resources`],
    };
  },
  output: (actual) => (actual !== undefined && "waiting" in actual && actual.waiting.size === 0 ? true : undefined),
};

function everything(world: ComponentWorld): ReadonlyMap<string, string> {
  return new Map([
    [rootName, "not created yet"],
    ...componentsOf(world).map((each) => [applicationName(each), "not created yet"] as const),
  ]);
}

function waitingIn(live: readonly SyncedObject[], world: ComponentWorld): ReadonlyMap<string, string> {
  const root = live.find(({ metadata }) => metadata.name === rootName);
  const desired = [rootApplication(world), ...componentsOf(world).map((each) => componentApplication(each, world))];
  return new Map(
    desired.flatMap((object): [string, string][] => {
      const { name } = object.metadata;
      const found = live.find(({ metadata }) => metadata.name === name);
      const why = found === undefined ? "not created yet" : whyWaiting(found, object as SyncedObject, root);
      return why === undefined ? [] : [[name, why]];
    }),
  );
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
