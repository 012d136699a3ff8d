import { AppError } from "../../src/core/error.ts";
import type { JsonPatch, Patch } from "../../src/k8s/port.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

type Tree = Record<string, unknown>;

/** Returns the object after a patch. */
export function patched(object: KubeObject, patch: Patch): KubeObject {
  const copy = structuredClone(object) as unknown as Tree;
  return ("merge" in patch ? merged(copy, patch.merge) : changed(copy, patch.json)) as KubeObject;
}

/** Applies a JSON merge patch (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Tree = typeof target === "object" && target !== null ? { ...(target as Tree) } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

/** Supports members of objects, but not of lists. */
function changed(target: Tree, operations: JsonPatch): Tree {
  for (const operation of operations) {
    const path = operation.path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = path.pop() as string;
    const parent = path.reduce<Tree | undefined>((at, key) => at?.[key] as Tree | undefined, target);
    const lacking = operation.op === "remove" || operation.op === "replace" ? !(last in (parent ?? {})) : false;
    if (parent === undefined || lacking) {
      throw new AppError(
        "KUBE_REJECTED",
        `the server rejected our request: ${operation.op} of missing ${operation.path}`,
      );
    }
    if (operation.op === "remove") delete parent[last];
    else if (operation.op !== "test") parent[last] = operation.value;
    else if (JSON.stringify(parent[last]) !== JSON.stringify(operation.value)) {
      throw new AppError("KUBE_REJECTED", `testing path ${operation.path} value failed`);
    }
  }
  return target;
}
