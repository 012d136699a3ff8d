import { globMatches } from "../../core/glob.ts";
import type {
  ComponentName,
  RequiredComponents,
  RequiredWorkload,
} from "../../health/components/required-component.ts";
import type { OptionalComponent } from "../../platform/components-schema.ts";
import type { Platform, Region } from "../../platform/schema.ts";
import { expectedComponents } from "../../region/components/components.ts";

/** The components of a region that are one for people who ask whether it works. */
const parts: readonly (readonly [name: ComponentName, ids: readonly string[], key?: OptionalComponent])[] = [
  ["namespaces", ["namespaces"]],
  ["istio", ["istio-base", "istio-cni", "istiod-*", "istio-tag", "istio-ingress", "mesh-policies"], "istio"],
  ["external-secrets", ["external-secrets", "secret-store"], "externalSecrets"],
  ["collector", ["collector"]],
  ["prometheus", ["prometheus"], "metrics"],
  ["neo4j", ["neo4j"]],
  ["load-balancer-controller", ["load-balancer-controller"]],
  ["cluster-autoscaler", ["cluster-autoscaler"]],
];

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/architecture/ */
const argoCdWorkloads: readonly RequiredWorkload[] = [
  { kind: "StatefulSet", namespace: "argocd", name: "argocd-application-controller" },
  ...["argocd-repo-server", "argocd-redis", "argocd-server", "argocd-applicationset-controller"].map((name) => ({
    kind: "Deployment" as const,
    namespace: "argocd",
    name,
  })),
];

/** Returns what a region must have inside its cluster; undefined if gennet.yaml has no `platform`. */
export function requiredComponents(platform: Platform, region: Region): RequiredComponents | undefined {
  const { platform: components, gitops } = platform;
  if (components === undefined) return undefined;
  const brought = expectedComponents(platform, region);
  const isArgoCdManaged = gitops?.argocd !== "external";
  const argocd = {
    name: "argocd" as const,
    isManaged: isArgoCdManaged,
    // That of EKS runs in AWS.
    workloads: gitops?.argocd === "managed" ? argoCdWorkloads : [],
    applications: [],
  };
  const others = parts.flatMap(([name, ids, key]) => {
    const own = brought.filter(({ id }) => ids.some((each) => globMatches(each, id)));
    const isManaged = own.length > 0;
    if (!isManaged && (key === undefined || components[key] !== "external")) return [];
    const workloads = own.flatMap((each) => each.workloads);
    return [{ name, isManaged, workloads, applications: own.map(({ application }) => application) }];
  });
  return { region: region.name, expected: [argocd, ...others] };
}
