import { workloadKey, type WorkloadObject } from "../../core/kubernetes/workload.ts";
import type { KubeReads } from "../kube-reads.ts";
import type { ComponentName, RequiredComponents, RequiredComponent, RequiredWorkload } from "./required-component.ts";

/** What must run in a cluster beside the services, and what there is of it. */
export interface ComponentReads {
  /** The name of the region; undefined if nothing is expected. */
  readonly region: string | undefined;
  /** Returns what is expected of a component; undefined if gennet.yaml does not say that there must be one. */
  expected(name: ComponentName): RequiredComponent | undefined;
  /** Returns the component that a workload, given by its key, is a part of. */
  owner(key: string): ComponentName | undefined;
  /** Returns undefined if it does not exist. */
  workload(ref: RequiredWorkload): Promise<WorkloadObject | undefined>;
}

export function createComponentReads(source: RequiredComponents | undefined, kube: KubeReads): ComponentReads {
  const { region, expected = [] } = source ?? {};
  const lists = { Deployment: kube.deployments, StatefulSet: kube.statefulSets, DaemonSet: kube.daemonSets } as const;
  return {
    region,
    expected: (name) => expected.find((each) => each.name === name),
    owner: (key) => expected.find(({ workloads }) => workloads.some((each) => keyOf(each) === key))?.name,
    async workload({ kind, namespace, name }) {
      if (kube.namespace !== undefined && kube.namespace.name !== namespace) {
        const found = await kube.object({ apiVersion: "apps/v1", kind, namespace, name });
        return found as WorkloadObject | undefined;
      }
      // Other checks read these lists, too.
      return (await lists[kind]()).find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    },
  };
}

/** Returns the key of a workload in findings. */
export function keyOf({ kind, namespace, name }: RequiredWorkload): string {
  return workloadKey(kind, namespace, name);
}

/** Returns how a check refers to the finding about a component. */
export function ofComponent(name: ComponentName): { readonly id: string; readonly about: string } {
  return { id: `platform/${name}`, about: componentKey(name) };
}

/** Returns the key of a component in findings. */
export function componentKey(name: ComponentName): string {
  return `component ${name}`;
}
