import { canonicalJson } from "../../../core/canonical-json.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import {
  type Adoption,
  blocked,
  creation,
  type Difference,
  ready,
  type Readiness,
  update,
} from "../../../core/resource.ts";
import { platformProject, rootApplication } from "../../components/applications.ts";
import { isManagedByGennet } from "../../components/argo-cd.ts";
import { adoptingStep, type RegionResource, type RegionWorld } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { askCluster, type NotAnswered } from "../ask-cluster.ts";
import { nameOf, refOf, unknownBecause } from "../kubernetes-objects.ts";
import { argoCd } from "./argo-cd.ts";
import { capabilityObjects } from "./capability-objects.ts";
import { platformFiles } from "./platform-files.ts";

type RootState =
  | { readonly isServed: false }
  | { readonly isServed: true; readonly project: KubeObject | undefined; readonly root: KubeObject | undefined };
type Actual = RootState | NotAnswered | undefined;

/** All that gennet sets: Argo CD does not keep its root itself. */
const kept = ["project", "source", "destination", "syncPolicy"] as const;

const adoption: Adoption<RegionWorld, Actual> = {
  foreign: (actual) => {
    const foreign = foreignIn(actual);
    return foreign === undefined ? undefined : nameOf(refOf(foreign));
  },
  // What is applied has gennet's label.
  mark: (_actual, { world, signal }) => applyAll(world, signal),
};

/** The root Application, and its project as far as it has to exist before: Argo CD keeps that as Git has it. */
export const platformRoot: RegionResource<Actual, true> = {
  id: "platform-root",
  title: "Root Application",
  needs: [accessEntry, argoCd, capabilityObjects, platformFiles],
  inCluster: true,
  adoption,
  read: (at) =>
    askCluster(at, async (cluster, signal): Promise<RootState> => {
      const desired = [platformProject(at.world), rootApplication(at.world)];
      const served = desired.map(({ apiVersion, kind }) => cluster.serves(apiVersion, kind, signal));
      if (!(await Promise.all(served)).every(Boolean)) return { isServed: false };
      const [project, root] = await Promise.all(desired.map((object) => cluster.get(refOf(object), signal)));
      return { isServed: true, project, root };
    }),
  diff(actual, { world }): Difference {
    const desired = [platformProject(world), rootApplication(world)].map((object) => nameOf(refOf(object)));
    if (actual === undefined) return { operations: desired.map((name) => creation(name)) };
    if ("unknown" in actual) return unknownBecause(actual.unknown);
    if (!actual.isServed) {
      const operations = desired.map((name) => creation(name));
      if (world.platform.gitops?.argocd !== "external") return { operations };
      return { operations, obstacle: { kind: "deferred", reason: "until Argo CD is installed" } };
    }
    const foreign = foreignIn(actual);
    if (foreign !== undefined && world.adopts !== true) {
      return blocked(`${nameOf(refOf(foreign))} exists, and gennet did not make it`, [], [adoptingStep]);
    }
    const missing = [actual.project, actual.root].flatMap((live, at) =>
      live === undefined ? [creation(desired[at] ?? "")] : [],
    );
    return { operations: [...missing, ...(actual.root === undefined ? [] : misled(actual.root, world))] };
  },
  apply: (_actual, { world, signal }) => applyAll(world, signal),
  ready: (actual): Readiness =>
    actual !== undefined && "isServed" in actual && !actual.isServed
      ? { state: "waiting", detail: "the kinds of Argo CD are not served yet" }
      : ready,
  output: (actual) => (actual !== undefined && "root" in actual && actual.root !== undefined ? true : undefined),
};

async function applyAll(world: RegionWorld, signal: AbortSignal): Promise<void> {
  const cluster = await world.cluster();
  // Argo CD's own manager has the fields of the project once it has synced.
  await cluster.apply(platformProject(world), { force: true }, signal);
  await cluster.apply(rootApplication(world), { force: true }, signal);
}

function foreignIn(actual: Actual): KubeObject | undefined {
  if (actual === undefined || !("root" in actual)) return undefined;
  return [actual.project, actual.root].find((live) => live !== undefined && !isManagedByGennet(live));
}

function misled(live: KubeObject, world: RegionWorld): Difference["operations"] {
  const desired = rootApplication(world);
  const [is, should] = [live, desired].map((object) => object["spec"] as Readonly<Record<string, unknown>>);
  return kept
    .filter((field) => shown(is?.[field]) !== shown(should?.[field]))
    .map((field) => update(nameOf(refOf(desired)), field, shown(should?.[field]), shown(is?.[field])));
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : canonicalJson(value ?? {});
}
