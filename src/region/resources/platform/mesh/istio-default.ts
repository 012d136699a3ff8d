import { asDesired, type Difference, ready, type Readiness } from "../../../../core/resource.ts";
import type { RemoteFolder } from "../../../../git/remote-port.ts";
import { isMeshWanted } from "../../../components/istio-chart.ts";
import { defaultTag, revisionLabel } from "../../../components/istio-tag.ts";
import { meshIn } from "../../../components/mesh-in-git.ts";
import { isNewer, revisionOf } from "../../../components/mesh-revisions.ts";
import { versionsOf } from "../../../components/versions.ts";
import type { RegionResource, RegionWorld } from "../../../world.ts";
import { accessEntry } from "../../access-entry.ts";
import { askCluster, type NotAnswered } from "../../ask-cluster.ts";
import { commitFolder, readFolder } from "../git-folder.ts";
import { platformApps } from "../platform-apps.ts";
import { platformFiles } from "../platform-files.ts";
import { tryIstiod } from "./istio-canary.ts";
import { changesOf, defaultGoal } from "./mesh-goals.ts";

interface DefaultState {
  /** Undefined if the newest istiod was the default already when the files were read. */
  readonly folder: RemoteFolder | undefined;
  /** The version of the default in Git; undefined if Git has no istiod. */
  readonly inUse: string | undefined;
  /** The revision that is the default in the cluster; undefined while there is no cluster. */
  readonly live: { readonly revision?: string } | NotAnswered | undefined;
}

type Actual = DefaultState | undefined;

/** The newest istiod injects proxies, after a pod has shown that it works. */
export const istioDefault: RegionResource<Actual, true> = {
  id: "istio-default",
  title: defaultGoal.title,
  needs: [accessEntry, platformFiles, platformApps],
  inCluster: true,
  onlyIfDue: true,
  wanted: isMeshWanted,
  async read(at) {
    if (at.removing === true) return undefined;
    const ref = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      name: defaultTag,
    };
    const live = await askCluster(at, async (cluster, signal) => {
      const revision = (await cluster.get(ref, signal))?.metadata.labels?.[revisionLabel];
      return revision === undefined ? {} : { revision };
    });
    const found = at.output(platformFiles)?.found;
    const isDue = found !== undefined && found.inUse !== versionsOf(at.world).istio;
    const folder = isDue ? await readFolder(at) : undefined;
    const inUse = (folder === undefined ? found : meshIn(folder.files))?.inUse;
    return { folder, inUse, live };
  },
  diff: (actual, { world }) => (actual === undefined ? asDesired : changesIn(actual, world)),
  async apply(actual, at) {
    await tryIstiod(versionsOf(at.world).istio, at);
    await commitFolder(defaultGoal, actual?.folder, at);
  },
  ready(actual): Readiness {
    const { inUse, live } = actual ?? {};
    if (inUse === undefined || live === undefined || "unknown" in live) return ready;
    if (live.revision === revisionOf(inUse)) return ready;
    return { state: "waiting", detail: `Argo CD has not made istiod ${inUse} the default yet` };
  },
  output: (actual) => (actual === undefined ? undefined : true),
};

function changesIn({ folder }: DefaultState, world: RegionWorld): Difference {
  if (folder === undefined) return asDesired;
  const mesh = meshIn(folder.files);
  const { istio } = versionsOf(world);
  if (mesh === undefined || mesh.inUse === istio || isNewer(mesh, istio)) return asDesired;
  return changesOf(defaultGoal, folder, world);
}
