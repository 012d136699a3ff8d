import type { EksCluster } from "../aws/eks/port.ts";
import type { AwsCalls } from "../aws/port.ts";
import { certificatesIn } from "../core/certificate-bundle.ts";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Region } from "../platform/schema.ts";
import { type ContextCluster, contextCluster, type KubeconfigSource } from "./kubeconfig.ts";

/**
 * Throws KUBE_CONTEXT_MISMATCH if the kubeconfig context of a region is of another cluster than the one that EKS
 * describes. Contexts that are mixed up send the objects of one region to the cluster of another one. The authority
 * decides, because each EKS cluster has its own and a tunnel has another address; without one, the address does. A
 * region without a context connects to what EKS describes anyway. A cluster that EKS does not know is another one, unless
 * it need not exist.
 */
export async function assertOwnContext(
  region: Pick<Region, "name" | "cluster" | "context" | "awsRegion">,
  aws: AwsCalls<"eks", "cluster">,
  source: KubeconfigSource,
  signal: AbortSignal,
  { mustExist = true } = {},
): Promise<void> {
  if (region.context === undefined) return;
  const described = await (await aws.service("eks")).cluster(region.cluster, signal);
  if (described === undefined && !mustExist) return;
  const mismatch = await contextMismatch(region, described, (context) => contextCluster(context, source));
  if (mismatch !== undefined) throw mismatch;
}

/** Returns KUBE_CONTEXT_MISMATCH if a region has a kubeconfig context that is not of the cluster that EKS describes. */
export async function contextMismatch(
  region: Pick<Region, "name" | "cluster" | "context" | "awsRegion">,
  described: EksCluster | undefined,
  read: (context: string) => Promise<ContextCluster>,
): Promise<AppError | undefined> {
  const { context } = region;
  if (context === undefined) return undefined;
  const named = await read(context);
  if (described !== undefined && isSame(named, described)) return undefined;
  const own = described?.endpoint ?? "a cluster that does not exist yet";
  return new AppError(
    "KUBE_CONTEXT_MISMATCH",
    `Region ${region.name}: the kubeconfig context "${context}" is of another cluster (${named.server}) than the EKS cluster "${region.cluster}" (${own}).`,
    {
      next: [
        `Remove context of region ${region.name} from gennet.yaml: gennet then asks EKS for the endpoint.`,
        shell`aws eks update-kubeconfig --name ${region.cluster} --region ${region.awsRegion} --alias ${context}`,
        "gennet explain KUBE_CONTEXT_MISMATCH",
      ],
    },
  );
}

function isSame(named: ContextCluster, { endpoint, certificateAuthority }: EksCluster): boolean {
  const [theirs, ours] = [authoritiesIn(named.authority), authoritiesIn(certificateAuthority)];
  // While EKS rotates an authority, there are two of them.
  if (theirs.length > 0) return theirs.some((each) => ours.includes(each));
  return endpoint !== undefined && new URL(endpoint).origin === new URL(named.server).origin;
}

/** Returns what identifies each certificate of a bundle. */
function authoritiesIn(bundle = ""): readonly string[] {
  return certificatesIn(bundle).map(({ fingerprint256 }) => fingerprint256);
}
