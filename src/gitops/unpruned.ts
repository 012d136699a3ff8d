import { counted, listed } from "../core/enumerate.ts";
import type { Application, OperationState, ResourceResult } from "../k8s/argocd/port.ts";

export interface Unpruned {
  /** Whether nothing else keeps the Application out of sync. */
  readonly isAll: boolean;
  readonly says: string;
}

/** What is no longer in Git and was left in the cluster by an operation, and what decides that it stays. */
export function leftUnpruned({ resources }: Application, { results }: OperationState): Unpruned {
  const skipped = results.filter(({ status }) => status === "PruneSkipped");
  const differing = resources.filter(({ differs }) => differs);
  const isAll = differing.length > 0 && differing.every((each) => skipped.some((other) => isSame(each, other)));
  // gitops-engine, `pruneObject`: the option decides only once pruning was asked for.
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
