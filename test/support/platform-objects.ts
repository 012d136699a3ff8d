import type { RequiredComponent } from "../../src/health/components/required-component.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import type { WorkloadObject } from "../../src/core/kubernetes/workload.ts";
import { application } from "./applications.ts";
import { ago, deployment } from "./kube-objects.ts";

function expected(
  name: RequiredComponent["name"],
  namespace: string,
  ...workloads: readonly string[]
): RequiredComponent {
  return {
    name,
    isManaged: true,
    workloads: workloads.map((each) => ({ kind: "Deployment", namespace, name: each })),
    applications: name === "argocd" ? [] : [`platform-${name}`],
  };
}

/** What gennet.yaml expects in the region eu. */
export const wholePlatform: readonly RequiredComponent[] = [
  expected("argocd", "argocd", "argocd-application-controller", "argocd-repo-server"),
  expected("istio", "istio-system", "istiod"),
  expected("external-secrets", "external-secrets", "external-secrets"),
  expected("collector", "monitoring", "collector"),
];

/** Returns the workloads of the platform; `status` and `spec` differ for some, by name, and `undefined` leaves one out. */
export function platformWorkloads(
  different: Readonly<Record<string, Partial<Pick<WorkloadObject, "status" | "spec">> | undefined>> = {},
): readonly KubeObject[] {
  return wholePlatform.flatMap(({ workloads }) =>
    workloads.flatMap(({ namespace, name }): readonly KubeObject[] => {
      if (name in different && different[name] === undefined) return [];
      const { status, spec } = different[name] ?? {};
      const selector = { matchLabels: { app: name } };
      const made = deployment(name, status, { selector, ...spec });
      return [{ ...made, metadata: { ...made.metadata, namespace } }];
    }),
  );
}

/** Returns the Applications that install the platform, without those in `except`; all are synced and healthy. */
export function platformApplications(...except: readonly string[]): readonly KubeObject[] {
  const names = wholePlatform.flatMap(({ applications }) => applications);
  return names.filter((name) => !except.includes(name)).map((name) => application(name, { reconciledAt: ago(1) }));
}

/** The difference of a workload that was scaled to 0. */
export const scaledToZero: Partial<Pick<WorkloadObject, "status" | "spec">> = {
  spec: { replicas: 0 },
  status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
};
