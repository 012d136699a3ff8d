import { AppError } from "../../../../core/error.ts";
import { listed } from "../../../../core/enumerate.ts";
import { itemsOf } from "../../../../core/items-of.ts";
import { asDesired, type Difference, ready, type Readiness } from "../../../../core/resource.ts";
import type { RemoteFolder } from "../../../../git/remote-port.ts";
import { applicationName, argoCdNamespace } from "../../../components/component.ts";
import { isMeshWanted } from "../../../components/istio-chart.ts";
import { istiodPrefix } from "../../../components/istiod.ts";
import { meshIn } from "../../../components/mesh-in-git.ts";
import { isNewer, only, revisionOf } from "../../../components/mesh-revisions.ts";
import { versionsOf } from "../../../components/versions.ts";
import type { RegionResource, RegionWorld } from "../../../world.ts";
import { accessEntry } from "../../access-entry.ts";
import { askCluster, type NotAnswered } from "../../ask-cluster.ts";
import { unknownBecause } from "../../kubernetes-objects.ts";
import { commitFolder, readFolder } from "../git-folder.ts";
import { leftIstiods } from "../platform-apps.ts";
import { platformFiles } from "../platform-files.ts";
import type { SyncedObject } from "../synced-object.ts";
import { istioProxies } from "./istio-proxies.ts";
import { aloneGoal, changesOf } from "./mesh-goals.ts";
import { type OldProxy, oldProxies, sayPod } from "./mesh-proxies.ts";

interface InCluster {
  readonly users: readonly OldProxy[];
  /** The Applications of istiods that Git does not have any more. */
  readonly left: readonly string[];
}

interface OldState {
  /** Undefined if there was no older istiod when the files were read. */
  readonly folder: RemoteFolder | undefined;
  readonly inCluster: InCluster | NotAnswered | undefined;
}

type Actual = OldState | undefined;

const nothing: InCluster = { users: [], left: [] };

/** Istiods of older versions are removed from Git once no proxy uses them, and then by Argo CD from the cluster. */
export const istioOld: RegionResource<Actual, true> = {
  id: "istio-old",
  title: aloneGoal.title,
  needs: [accessEntry, platformFiles, istioProxies],
  inCluster: true,
  onlyIfDue: true,
  wanted: isMeshWanted,
  async read(at) {
    const mesh = at.output(platformFiles)?.mesh;
    if (at.removing === true || mesh === undefined) return undefined;
    const { istio } = versionsOf(at.world);
    if (mesh.installed.every((version) => version === istio)) return { folder: undefined, inCluster: nothing };
    const folder = await readFolder(at);
    const inCluster = await askCluster(at, async (cluster, signal): Promise<InCluster> => {
      const query = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", namespace: argoCdNamespace };
      const [users, live] = await Promise.all([
        oldProxies(mesh, istio, cluster, signal),
        itemsOf(cluster.list<SyncedObject>(query, signal)),
      ]);
      const { installed } = meshIn(folder.files) ?? only(istio);
      return { users, left: leftIstiods(live, installed.map(applicationOf)) };
    });
    return { folder, inCluster };
  },
  diff: (actual, { world }) => (actual === undefined ? asDesired : changesIn(actual, world)),
  async apply(actual, at) {
    const { inCluster = nothing } = actual ?? {};
    const users = "unknown" in inCluster ? [] : inCluster.users;
    if (users.length > 0) throw stillUsed(users, at.world);
    await commitFolder(aloneGoal, actual?.folder, at);
  },
  ready(actual): Readiness {
    const { inCluster = nothing } = actual ?? {};
    if ("unknown" in inCluster || inCluster.left.length === 0) return ready;
    return { state: "waiting", detail: `${listed(inCluster.left)} is being removed` };
  },
  output: (actual) => (actual === undefined ? undefined : true),
};

function applicationOf(version: string): string {
  return applicationName({ id: `${istiodPrefix}${revisionOf(version)}` });
}

function changesIn({ folder, inCluster = nothing }: OldState, world: RegionWorld): Difference {
  if (folder === undefined) return asDesired;
  const { istio } = versionsOf(world);
  const mesh = meshIn(folder.files);
  if (mesh === undefined || isNewer(mesh, istio)) return asDesired;
  if (mesh.installed.length === 1 && mesh.inUse === istio) return asDesired;
  if ("unknown" in inCluster) return unknownBecause(inCluster.unknown);
  const { operations } = changesOf(aloneGoal, folder, world);
  const lasting = inCluster.users.filter(({ workload }) => workload === undefined);
  const [first] = lasting;
  if (first === undefined) return { operations };
  const reason = `until ${listed(lasting.map(sayPod))}, which uses istiod ${first.version}, has ended`;
  return { operations, obstacle: { kind: "deferred", reason } };
}

function stillUsed(users: readonly OldProxy[], { region }: RegionWorld): AppError {
  const version = users[0]?.version ?? "";
  const message = `istiod ${version} is still used by ${listed(users.map(sayPod))}.`;
  return new AppError("STEP_FAILED", message, {
    next: [`gennet region bootstrap ${region.name}  # restarts them, and removes it then`],
  });
}
