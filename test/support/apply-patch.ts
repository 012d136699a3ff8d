import { AppError } from "../../src/core/error.ts";
import type { JsonPatch, KubeObject, Patch } from "../../src/k8s/port.ts";
import { mergePatch } from "../../src/lint/merge-patch.ts";

type Tree = Record<string, unknown>;

/** The object as a patch leaves it. */
export function patched(object: KubeObject, patch: Patch): KubeObject {
  const copy = structuredClone(object) as unknown as Tree;
  return ("merge" in patch ? mergePatch(copy, patch.merge, false) : changed(copy, patch.json)) as KubeObject;
}

/** Of members of objects; lists are not gone into. */
function changed(target: Tree, operations: JsonPatch): Tree {
  for (const operation of operations) {
    const path = operation.path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = path.pop() as string;
    const parent = path.reduce<Tree>((at, key) => at[key] as Tree, target);
    if (operation.op === "remove") delete parent[last];
    else if (operation.op !== "test") parent[last] = operation.value;
    else if (JSON.stringify(parent[last]) !== JSON.stringify(operation.value)) {
      throw new AppError("KUBE_REJECTED", `testing path ${operation.path} value failed`);
    }
  }
  return target;
}
