import { field, fields, list, text } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";

/** What an ExternalSecret does with its Secret. https://external-secrets.io/latest/guides/ownership-deletion-policy/ */
export type CreationPolicy = "Owner" | "Orphan" | "Merge" | "CreateOrMerge" | "None";

export interface SecretTarget {
  readonly name: string;
  readonly policy: CreationPolicy;
  /** The keys that it writes; undefined if only the store knows them. */
  readonly keys: readonly string[] | undefined;
}

/** Returns the Secret that an ExternalSecret writes, or undefined if it does not write a Secret. */
export function secretTargetOf(manifest: Manifest): SecretTarget | undefined {
  if (!isKind(manifest, "external-secrets.io", "ExternalSecret")) return undefined;
  const target = fields(manifest.value, "spec", "target");
  const kind = text(target, "manifest", "kind");
  const policy = (text(target, "creationPolicy") ?? "Owner") as CreationPolicy;
  if (policy === "None" || (kind !== undefined && kind !== "Secret")) return undefined;
  // It writes the Secret once, and never updates it.
  if (policy !== "Owner" && text(manifest.value, "spec", "refreshPolicy") === "CreatedOnce") return undefined;
  return { name: text(target, "name") || manifest.name, policy, keys: keysOf(manifest) };
}

function keysOf({ value }: Manifest): readonly string[] | undefined {
  if (list(value, "spec", "dataFrom").length > 0) return undefined;
  const template = field(value, "spec", "target", "template");
  if (list(template, "templateFrom").length > 0) return undefined;
  const templated = Object.keys(fields(template, "data"));
  const own = list(value, "spec", "data").flatMap((each) => text(each, "secretKey") ?? []);
  return templated.length > 0 && text(template, "mergePolicy") !== "Merge" ? templated : [...own, ...templated];
}

/** Returns what else creates a Secret of that name: the object, and a description of it. */
export function otherMaker(name: string, manifest: Manifest): string | undefined {
  if (isKind(manifest, "", "Secret") && manifest.name === name) return "the tree declares";
  if (isKind(manifest, "bitnami.com", "SealedSecret") && manifest.name === name) return "a SealedSecret creates";
  const secret = text(manifest.value, "spec", "secretName");
  return isKind(manifest, "cert-manager.io", "Certificate") && secret === name ? "cert-manager creates" : undefined;
}

/** Secrets that programs create for themselves during start-up or installation. */
export const wellKnown: Readonly<Record<string, string>> = {
  "argocd-secret": "Argo CD",
  "argocd-initial-admin-secret": "Argo CD",
  "argocd-redis": "Argo CD",
  "istio-ca-secret": "istiod",
  "cert-manager-webhook-ca": "cert-manager",
};
