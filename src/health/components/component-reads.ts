import { globMatches } from "../../core/glob.ts";
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
  /** Returns those that exist: at most one, unless the name is a pattern. */
  workloads(ref: RequiredWorkload): Promise<readonly WorkloadObject[]>;
}

export function createComponentReads(source: RequiredComponents | undefined, kube: KubeReads): ComponentReads {
  const { region, expected = [] } = source ?? {};
  const lists = { Deployment: kube.deployments, StatefulSet: kube.statefulSets, DaemonSet: kube.daemonSets } as const;
  return {
    region,
    expected: (name) => expected.find((each) => each.name === name),
    owner: (key) => expected.find(({ workloads }) => workloads.some((each) => globMatches(keyOf(each), key)))?.name,
    async workloads({ kind, namespace, name }) {
      if (kube.namespace !== undefined && kube.namespace.name !== namespace) {
        return (await kube.workloadsIn(kind, namespace)).filter(({ metadata }) => globMatches(name, metadata.name));
      }
      // Other checks read these lists, too.
      const isOne = ({ metadata }: WorkloadObject): boolean =>
        metadata.namespace === namespace && globMatches(name, metadata.name);
      return (await lists[kind]()).filter(isOne);
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
