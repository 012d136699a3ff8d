/**
 * The programs of the sandbox that are compiled, by the module of sandbox/ that pins them, each with its import path,
 * which is a `tool` of that module's go.mod. Modules are compiled and cached independently.
 */
export const catalogue = {
  kubernetes: {
    etcd: "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    kwok: "sigs.k8s.io/kwok/cmd/kwok",
  },
  kustomize: { kustomize: "sigs.k8s.io/kustomize/kustomize/v5" },
  helm: { helm: "helm.sh/helm/v4/cmd/helm" },
  collector: { collector: "gennet.dev/sandbox/collector" },
  istio: {
    istioctl: "istio.io/istio/istioctl/cmd/istioctl",
    "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent",
    "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery",
  },
  // All of Argo CD is one program: the name by which it is started selects the role.
  argocd: { argocd: "github.com/argoproj/argo-cd/v3/cmd" },
  "external-secrets": { "external-secrets": "github.com/external-secrets/external-secrets" },
  prometheus: {
    prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
    promtool: "github.com/prometheus/prometheus/cmd/promtool",
  },
  pods: { "pod-shim": "gennet.dev/sandbox/pods" },
} as const;

export type ModuleName = keyof typeof catalogue;
export type ProgramOf<Name extends ModuleName> = keyof (typeof catalogue)[Name] & string;
export type ProgramName = { [Name in ModuleName]: ProgramOf<Name> }[ModuleName];

interface Stamp {
  /** The program's variable that holds its version. */
  readonly variable: string;
  /** The module whose version it is. */
  readonly of: string;
  /** Whether the program adds the `v` before the number itself. */
  readonly bare?: true;
}

/**
 * The version to link into programs that would not know their version; clients that read it would misbehave otherwise.
 */
export const stamps: { readonly [Name in ModuleName]?: Stamp } = {
  kubernetes: { variable: "k8s.io/component-base/version.gitVersion", of: "k8s.io/kubernetes" },
  collector: { variable: "main.version", of: "go.opentelemetry.io/collector/otelcol" },
  istio: { variable: "istio.io/istio/pkg/version.buildVersion", of: "istio.io/istio" },
  helm: { variable: "helm.sh/helm/v4/internal/version.version", of: "helm.sh/helm/v4" },
  argocd: {
    variable: "github.com/argoproj/argo-cd/v3/common.version",
    of: "github.com/argoproj/argo-cd/v3",
    bare: true,
  },
};

/** Build tags that exclude what a sandbox does not need: Prometheus's service discovery for twenty clouds. */
export const buildTags: { readonly [Name in ModuleName]?: readonly string[] } = {
  prometheus: ["remove_all_sd", "enable_kubernetes_sd"],
};

/** Returns the programs of a module with their import paths. */
export function programsOf(name: ModuleName): Readonly<Record<string, string>> {
  return catalogue[name];
}

export function moduleOf(program: ProgramName): ModuleName {
  return (Object.keys(catalogue) as ModuleName[]).find((name) => program in catalogue[name]) as ModuleName;
}
