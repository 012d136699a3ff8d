import type { TreeNode } from "./tree-node.ts";
import type { Finding } from "../core/finding.ts";
import type { Application, ApplicationResource, ArgoCd, HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";
import type { Cluster } from "../k8s/port.ts";
import { standing } from "./application-list.ts";
import { type LiveState, liveStates } from "./live-states.ts";
import { type GitopsRegion, reachArgoCd } from "./reach-argocd.ts";
import { assertFound } from "./select-applications.ts";

/** The result of `gennet app tree`. */
export interface ApplicationTree {
  readonly kind: "ApplicationTree";
  readonly name: string;
  /** One for each region that has it. */
  readonly items: readonly RegionTree[];
  /** Findings about regions whose Argo CD could not be queried. */
  readonly findings: readonly Finding[];
}

export interface RegionTree {
  readonly region: string;
  readonly namespace: string;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly revisions: readonly string[];
  /** When it was last compared; RFC 3339, UTC. */
  readonly comparedAt?: string;
  /** Whether its reconciliation is disabled: the state shown may be old. */
  readonly paused: boolean;
  /** When its deletion began; RFC 3339, UTC. */
  readonly deletingSince?: string;
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  /** In the order in which they are synced: by wave, then by kind and name. */
  readonly resources: readonly TreeNode[];
}

/** A region with access to its cluster, to look up the children of the Application's resources. */
export interface TreeRegion extends GitopsRegion {
  readonly cluster: () => Promise<Pick<Cluster, "list" | "table">>;
}

/** Throws APPLICATION_UNKNOWN if no region has it. */
export async function applicationTree(
  regions: readonly TreeRegion[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<ApplicationTree> {
  const reached = await Promise.all(
    regions.map((region) =>
      reachArgoCd(
        region,
        async (argocd) => {
          const application = await argocd.application(namespace, name, signal);
          return { argocd, tree: application && (await regionTree(region, application, signal)) };
        },
        signal,
      ),
    ),
  );
  const answers = reached.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const items = answers.flatMap(({ tree }) => (tree === undefined ? [] : [tree]));
  const findings = reached.flatMap((each) => ("finding" in each ? [each.finding] : []));
  if (findings.length === 0) {
    const found = items.map(() => ({ name }));
    await assertFound(found, { names: [name], namespace }, () => everywhere(answers, namespace, signal));
  }
  return { kind: "ApplicationTree", name, items, findings };
}

async function everywhere(
  answers: readonly { readonly argocd: ArgoCd }[],
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Application[]> {
  return (await Promise.all(answers.map(({ argocd }) => argocd.applications({ namespace }, signal)))).flat();
}

async function regionTree(region: TreeRegion, application: Application, signal: AbortSignal): Promise<RegionTree> {
  const { namespace, sync, health, revisions, destination } = application;
  const resources = application.resources.toSorted(byWave);
  // Objects of another cluster are not visible here.
  const states = destination.inCluster
    ? await liveStates(await region.cluster(), resources, signal)
    : new Map<ApplicationResource, LiveState>();
  const nodes = resources.map((resource): TreeNode => {
    const { hook, requiresPruning, version: _, differs: __, ...shown } = resource;
    const what = hook ? { hook: hookTypeOf(resource, application) } : requiresPruning ? { requiresPruning } : {};
    const { missing, ...live } = states.get(resource) ?? { children: [] };
    // A hook may be deleted after it has run.
    return { ...shown, ...what, ...live, ...(missing && !hook ? { missing } : {}) };
  });
  return { region: region.name, namespace, sync, health, revisions, ...standing(application), resources: nodes };
}

function hookTypeOf({ kind, group, namespace, name }: ApplicationResource, { last }: Application): string {
  const ran = last?.results.find(
    (each) => each.kind === kind && each.group === group && each.name === name && each.namespace === namespace,
  );
  return ran?.hookType ?? "unknown";
}

function byWave(one: ApplicationResource, other: ApplicationResource): number {
  return one.wave - other.wave || `${one.kind} ${one.name}`.localeCompare(`${other.kind} ${other.name}`);
}
