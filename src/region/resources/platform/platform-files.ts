import { shell } from "../../../core/shell-words.ts";
import { asDesired, blocked, type Difference, ready } from "../../../core/resource.ts";
import type { RemoteFolder } from "../../../git/remote-port.ts";
import { platformFolder } from "../../components/applications.ts";
import { type MeshRevisions, meshOf } from "../../components/mesh-revisions.ts";
import { meshIn, versionsIn } from "../../components/mesh-in-git.ts";
import { skewOf } from "../../components/version-skew.ts";
import { kubernetesVersion } from "../../kubernetes-version.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { eksCluster } from "../eks-cluster.ts";
import { autoscalerIdentity, loadBalancerIdentity, secretsIdentity } from "../pod-identities.ts";
import { neo4jAddress } from "../stores/neo4j-login.ts";
import { argoCd } from "./argo-cd.ts";
import { capabilityObjects } from "./capability-objects.ts";
import { branchOf, commitFolder, folderChanges, readFolder } from "./git-folder.ts";
import { installedGoal } from "./mesh/mesh-goals.ts";

/** What a region's folder has once it is as gennet.yaml wants it. */
export interface PlatformInGit {
  /** The istiods: until an upgrade has ended, also that of the version before. */
  readonly mesh: MeshRevisions;
  /** Those that it has now; undefined if there are none. */
  readonly found: MeshRevisions | undefined;
}

interface FilesState {
  readonly folder: RemoteFolder;
  /** Once this resource is as desired. */
  readonly mesh: MeshRevisions;
  readonly changes: Difference;
}

/** Undefined for a region that is removed: its files stay. */
type Actual = FilesState | undefined;

/** The region's folder in the GitOps repository: one commit for all that changes in it. */
export const platformFiles: RegionResource<Actual, PlatformInGit> = {
  id: "platform-files",
  title: installedGoal.title,
  // A cluster without Argo CD would have no use for them. Pods get their roles when they are created, and secrets are read
  // then.
  needs: [
    eksCluster,
    argoCd,
    capabilityObjects,
    secretsIdentity,
    loadBalancerIdentity,
    autoscalerIdentity,
    neo4jAddress,
  ],
  async read(at) {
    if (at.removing === true) return undefined;
    const folder = await readFolder(at);
    return {
      folder,
      mesh: meshOf(installedGoal.world(folder.files, at.world)),
      changes: changesIn(folder, at.output(eksCluster)?.version ?? kubernetesVersion(at.world.region), at.world),
    };
  },
  diff: (actual) => actual?.changes ?? asDesired,
  apply: (actual, at) => commitFolder(installedGoal, actual?.folder, at),
  ready: () => ready,
  output(actual) {
    // What is refused is never committed: Argo CD would be waited for in vain.
    if (actual?.folder.commit === undefined || actual.changes.obstacle !== undefined) return undefined;
    return { mesh: actual.mesh, found: meshIn(actual.folder.files) };
  },
  removal: {
    diff: () => asDesired,
    apply: async () => undefined,
    gone: () => ready,
    keeps: (_actual, { world }) => {
      const { repository, branch } = branchOf(world);
      const remove = shell`git rm -r ${platformFolder(world)}`;
      return [`${platformFolder(world)} on ${branch} of ${repository}; remove it with a commit: ${remove}`];
    },
  },
};

/** `kubernetes` is the version of the cluster, or that it will be created with; undefined if EKS chooses it. */
function changesIn({ files }: RemoteFolder, kubernetes: string | undefined, world: RegionWorld): Difference {
  const mesh = meshIn(files);
  const skew = skewOf(world, { components: versionsIn(files), mesh, kubernetes });
  const wanted = installedGoal.world(files, world);
  const { operations, obstacle } = folderChanges(files, wanted);
  if (skew !== undefined) return blocked(skew.reason, operations, skew.next);
  if (mesh !== undefined && mesh.installed.length > 1 && world.platform.platform?.istio === "external") {
    const reason = "an upgrade of Istio is unfinished, and proxies may still use the istiod that would be removed";
    return blocked(reason, operations, [
      `Remove istio: external from gennet.yaml until gennet region bootstrap ${world.region.name} has finished it.`,
    ]);
  }
  return { operations, ...(obstacle === undefined ? {} : { obstacle }) };
}
