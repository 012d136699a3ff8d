import { type Fields, isFields, type Path } from "./fields.ts";

/** The keys by which Kubernetes merges its own lists: k8s.io/api, `patchMergeKey` of the types. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
  imagePullSecrets: "name",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
};

/**
 * A strategic merge patch, or, where the kind is not Kubernetes' own, a JSON merge patch (RFC 7386): what Kustomize
 * does with a custom resource whose schema it does not have. Undefined where a directive is not understood.
 */
export function mergePatch(target: unknown, patch: unknown, strategic: boolean, key = ""): unknown {
  if (Array.isArray(patch)) return strategic ? mergeList(target, patch as unknown[], key) : patch;
  if (!isFields(patch)) return patch;
  if (patch["$patch"] === "replace") return without(patch, "$patch");
  if (Object.keys(patch).some((each) => each.startsWith("$"))) throw new PatchNotUnderstood();
  const merged: Record<string, unknown> = { ...(isFields(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value, strategic, name);
  }
  return merged;
}

export class PatchNotUnderstood extends Error {}

function mergeList(target: unknown, patch: readonly unknown[], key: string): unknown {
  const by = key === "ports" ? portKey(patch) : mergeKeys[key];
  if (by === undefined || !Array.isArray(target)) return patch.filter((each) => !isDelete(each));
  const merged = [...(target as unknown[])];
  for (const each of patch) {
    if (!isFields(each)) throw new PatchNotUnderstood();
    const index = merged.findIndex((other) => isFields(other) && other[by] === each[by]);
    if (isDelete(each)) {
      if (index >= 0) merged.splice(index, 1);
    } else if (index < 0) merged.push(each);
    else merged[index] = mergePatch(merged[index], each, true);
  }
  return merged;
}

function portKey(patch: readonly unknown[]): string {
  return patch.some((each) => isFields(each) && "containerPort" in each) ? "containerPort" : "port";
}

function isDelete(value: unknown): boolean {
  return isFields(value) && value["$patch"] === "delete";
}

function without(value: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/** A JSON patch (RFC 6902): add, replace and remove. Throws PatchNotUnderstood for what is none of these. */
export function jsonPatch(target: unknown, operations: readonly unknown[]): unknown {
  const result: unknown = structuredClone(target);
  for (const operation of operations) {
    if (!isFields(operation)) throw new PatchNotUnderstood();
    const { op, path, value } = operation;
    if (typeof path !== "string" || !path.startsWith("/")) throw new PatchNotUnderstood();
    const keys = path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    change(result, keys, op, value);
  }
  return result;
}

function change(root: unknown, keys: Path, op: unknown, value: unknown): void {
  const last = String(keys.at(-1));
  const parent = keys.slice(0, -1).reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], root);
  if (op !== "add" && op !== "replace" && op !== "remove") throw new PatchNotUnderstood();
  if (Array.isArray(parent)) {
    const index = last === "-" ? parent.length : Number(last);
    if (!Number.isInteger(index) || index > parent.length) throw new PatchNotUnderstood();
    if (op === "remove") parent.splice(index, 1);
    else parent.splice(index, op === "replace" ? 1 : 0, value);
  } else if (isFields(parent)) {
    const at = parent as Record<string, unknown>;
    if (op === "remove") delete at[last];
    else at[last] = value;
  } else throw new PatchNotUnderstood();
}
