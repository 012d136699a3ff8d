import { counted, listed } from "../core/enumerate.ts";
import type { Application, OperationState, ResourceResult } from "../k8s/argocd/port.ts";

export interface Unpruned {
  /** Whether this is all that keeps the Application out of sync. */
  readonly isAll: boolean;
  readonly says: string;
}

/** Returns the resources that are no longer in Git but that an operation left in the cluster, and why they stay. */
export function leftUnpruned({ resources }: Application, { results }: OperationState): Unpruned {
  const skipped = results.filter(({ status }) => status === "PruneSkipped");
  const differing = resources.filter(({ differs }) => differs);
  const isAll = differing.length > 0 && differing.every((each) => skipped.some((other) => isSame(each, other)));
  // gitops-engine, `pruneObject`: the option applies only if pruning was requested.
  const protectedOnes = skipped.filter(({ message }) => message.includes("no prune"));
  const others = skipped.filter((each) => !protectedOnes.includes(each));
  const parts = [
    ...(others.length === 0 ? [] : [`${counted(others.length, "resource")} to be pruned (--prune): ${names(others)}`]),
    ...(protectedOnes.length === 0
      ? []
      : [
          `${names(protectedOnes)}: ignored (no prune): no longer in Git, and kept by the sync option Prune=false, which --prune does not override`,
        ]),
  ];
  return { isAll, says: `still out of sync: ${parts.join("; ")}` };
}

type Ref = Pick<ResourceResult, "kind" | "group" | "namespace" | "name">;

function isSame(one: Ref, other: Ref): boolean {
  return (
    one.kind === other.kind &&
    one.group === other.group &&
    one.name === other.name &&
    (one.namespace ?? "") === (other.namespace ?? "")
  );
}

function names(all: readonly Ref[]): string {
  return listed(all.map(({ kind, name }) => `${kind} ${name}`));
}
