import type { ArgoCd } from "../k8s/argocd/port.ts";
import type { Collectors } from "../k8s/collector/port.ts";
import type { Envoy } from "../k8s/envoy/port.ts";
import type { Cluster } from "../k8s/port.ts";
import { type BreakerReads, createBreakerReads } from "./breakers/breaker-reads.ts";
import { type ComponentReads, createComponentReads } from "./components/component-reads.ts";
import type { RequiredComponents } from "./components/required-component.ts";
import { createEksReads, type EksReads, type EksSource } from "./eks-reads.ts";
import { createGitopsReads, type GitopsReads } from "./gitops-reads.ts";
import { createKubeReads, type KubeReads } from "./kube-reads.ts";
import { createMeshReads, type MeshReads, type MeshSources } from "./mesh/mesh-reads.ts";
import type { Prober } from "../k8s/probe/port.ts";
import { createSecretReads, type SecretReads, type SecretSources } from "./secret-reads.ts";
import { createStoreReads, type StoreReads } from "./stores/store-reads.ts";
import { readWorkloads, type WorkloadsHealth } from "./workloads.ts";
import { shared, type Shared } from "../core/shared.ts";

/** The input of the checks of one place. */
export interface HealthContext {
  readonly kube: KubeReads;
  readonly workloads: Shared<WorkloadsHealth>;
  readonly mesh: MeshReads;
  readonly breakers: BreakerReads;
  readonly gitops: GitopsReads;
  readonly secrets: SecretReads;
  /** Absent if no pods may be created. */
  readonly stores?: StoreReads;
  readonly components: ComponentReads;
  readonly collectors: Collectors;
  /** Absent for a kubeconfig context, because it has no region in AWS. */
  readonly eks?: EksReads;
  readonly now: () => number;
  /** Waits, until a second reading can show a change. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How commands for this place's cluster begin: `kubectl --context eu`. */
  readonly kubectl: string;
  /** Returns a gennet command for this place: `sync orders` → `gennet sync orders --region eu`. */
  readonly gennet: (words: string) => string;
}

export interface HealthSources {
  /** The EKS cluster of a region in gennet.yaml, and its AWS client. */
  readonly eks?: EksSource | undefined;
  /** How commands for the place's cluster begin: `kubectl --context eu`. */
  readonly kubectl: string;
  readonly namespace?: string | undefined;
  readonly connect: () => Promise<Cluster>;
  readonly mesh: MeshSources;
  readonly envoy: () => Promise<Envoy>;
  /** Whether to request the certificates of proxies, too. */
  readonly certificates: boolean;
  readonly argocd: () => Promise<ArgoCd>;
  readonly secrets: SecretSources;
  /** Asks from pods; absent if none may be created. */
  readonly prober?: (() => Promise<Pick<Prober, "probe">>) | undefined;
  /** What must run in the cluster beside the services; absent if gennet.yaml does not say. */
  readonly components?: RequiredComponents | undefined;
  readonly collectors: () => Promise<Collectors>;
  /** The flag that selects the place: `--region eu`. */
  readonly flag: string;
  readonly now: () => number;
  readonly pause: HealthContext["pause"];
}

export function createHealthContext(sources: HealthSources, signal: AbortSignal): HealthContext {
  const kube = createKubeReads(sources.connect, sources.namespace, signal);
  const mesh = createMeshReads(sources.mesh, sources.namespace, signal);
  const secrets = createSecretReads(sources.secrets, sources.namespace, signal);
  const { prober } = sources;
  const base = { kube, kubectl: sources.kubectl, now: sources.now };
  return {
    ...base,
    workloads: shared(() => readWorkloads(base)),
    mesh,
    breakers: createBreakerReads(sources.envoy, mesh, kube, sources.now, sources.certificates, signal),
    gitops: createGitopsReads(sources.argocd, sources.namespace, sources.now, signal),
    secrets,
    ...(prober === undefined ? {} : { stores: createStoreReads(prober, secrets.externals, signal) }),
    components: createComponentReads(sources.components, kube),
    collectors: { read: async (...query) => (await sources.collectors()).read(...query) },
    pause: sources.pause,
    gennet: (words) => `gennet ${words} ${sources.flag}`,
    ...(sources.eks === undefined ? {} : { eks: createEksReads(sources.eks, signal) }),
  };
}
