import { field, isFields, list, text } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";

const known = new WeakMap<Tree, ReadonlySet<string>>();

/** Returns the names of a tree's Secrets: declared, generated, and referenced. */
export function secretNames(tree: Tree): ReadonlySet<string> {
  const names =
    known.get(tree) ??
    new Set(
      tree.declared.flatMap((each) => [...made(each), ...(isKind(each, "", "ConfigMap") ? [] : referred(each.value))]),
    );
  known.set(tree, names);
  return names;
}

function made(manifest: Manifest): readonly string[] {
  if (isKind(manifest, "", "Secret") || isKind(manifest, "bitnami.com", "SealedSecret")) return [manifest.name];
  if (!isKind(manifest, "external-secrets.io", "ExternalSecret", "ClusterExternalSecret")) return [];
  return [text(manifest.value, "spec", "target", "name") ?? manifest.name];
}

/** `secretName`, `secretKeyRef.name`, `secretRef.name`, `imagePullSecrets[].name`, anywhere in an object. */
function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    if (typeof below === "string")
      return /^(secretName|existingSecret|tlsSecret|credentialName)$/.test(key) ? [below] : [];
    const named = /secret(Key)?(Ref|Selector)?$/i.test(key) ? text(below, "name") : undefined;
    const pulled = key === "imagePullSecrets" ? list(below).map((each) => field(each, "name")) : [];
    return [named, ...pulled, ...referred(below)].filter((each): each is string => typeof each === "string");
  });
}
