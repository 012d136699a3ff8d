import type { Tags } from "../aws/tags.ts";
import type { ExternalSecret, ExternalStore, PushSecret } from "../k8s/external-secrets/port.ts";
import type { RemoteSource, StoreRef } from "../k8s/external-secrets/remote-source.ts";
import { compileGoRegexp } from "./model/go-regexp.ts";

/** A secret, with everything by which a reference in a store can mean it. */
export interface SecretIdentity {
  readonly name: string;
  readonly accountId: string;
  /** The ARNs of the primary and of the known replicas. */
  readonly arns: readonly string[];
  /** The AWS regions that have a copy. */
  readonly awsRegions: readonly string[];
  readonly tags: Tags;
}

/** `may`: it cannot be determined, and why. */
export type Reads = "yes" | "no" | { readonly may: string };

/** The namespace of an ExternalSecret and its stores, for the names and the identity in it. */
export interface Around {
  readonly namespace: string;
  readonly accountId: string;
  readonly stores: readonly ExternalStore[];
}

/** Returns whether a source of an ExternalSecret reads the secret. All commands use this function. */
export async function reads(source: RemoteSource, secret: SecretIdentity, around: Around): Promise<Reads> {
  if (source.as === "generator" || (source.as !== "find" && source.ref.ofTags)) return "no";
  const store = storeOf(source.store, around);
  if (source.as === "find") return store === undefined ? "no" : finds(source, secret, store, around);
  return refers(source.ref.key, secret, store, around);
}

/**
 * Returns whether a key of a store is the secret. A store that no longer exists may have existed, so its values may be
 * in use.
 */
function refers(key: string, secret: SecretIdentity, store: ExternalStore | undefined, around: Around): Reads {
  if (store === undefined) return isNamed(key, secret) ? "yes" : "no";
  const { provider } = store;
  if (provider.as !== "aws") return "no";
  const whole = provider.prefix + key;
  if (provider.service === "ParameterStore") {
    // docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    const name = /^\/aws\/reference\/secretsmanager\/(.+)$/.exec(whole)?.[1];
    return name === secret.name ? { may: "it reads it through Parameter Store" } : "no";
  }
  if (isArnOf(whole, secret)) return "yes";
  return whole === secret.name && isOf(provider, secret, around) ? "yes" : "no";
}

/** `find`: https://external-secrets.io/latest/guides/getallsecrets/ */
async function finds(
  { name, path, tags }: Extract<RemoteSource, { as: "find" }>,
  secret: SecretIdentity,
  { provider }: ExternalStore,
  around: Around,
): Promise<Reads> {
  if (provider.as !== "aws" || provider.service !== "SecretsManager" || !isOf(provider, secret, around)) return "no";
  // AWS treats the path as a prefix of names, and "!" as a negation.
  if (path?.startsWith("!") === true) return { may: `its find has the path ${path}` };
  const within = path === undefined || secret.name.startsWith(path);
  if (name === undefined) {
    const has = Object.entries(secret.tags);
    const tagged = Object.entries(tags).every(
      ([key, value]) => has.some(([each]) => each.startsWith(key)) && has.some(([, each]) => each.startsWith(value)),
    );
    return within && tagged && Object.keys(tags).length > 0 ? "yes" : "no";
  }
  const pattern = await compileGoRegexp(name);
  if (pattern === undefined) return { may: `its find has the invalid regular expression ${name}` };
  if (path !== undefined || provider.prefix === "") return within && pattern.matches(secret.name) ? "yes" : "no";
  // Without a path, External Secrets puts the prefix before each name that it finds.
  const bare = secret.name.startsWith(provider.prefix) && pattern.matches(secret.name.slice(provider.prefix.length));
  return bare ? { may: `its find is in a store with the prefix ${provider.prefix}` } : "no";
}

/** Returns whether a PushSecret writes the secret. */
export function writes({ stores, everyStore, keys }: PushSecret, secret: SecretIdentity, around: Around): boolean {
  const candidates = everyStore ? around.stores : stores.flatMap((ref) => storeOf(ref, around) ?? []);
  return candidates.some((store) => keys.some((key) => refers(key, secret, store, around) !== "no"));
}

/** Returns whether an ExternalSecret reads a Kubernetes Secret through a store of Kubernetes Secrets. */
export function readsKubeSecret(
  { sources, namespace: own }: ExternalSecret,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  around: Omit<Around, "namespace">,
): boolean {
  return sources.some((source) => {
    const provider = storeOf(source.store, { ...around, namespace: own })?.provider;
    if (provider?.as !== "kubernetes" || provider.namespace !== namespace) return false;
    return source.as === "find" || (source.as !== "generator" && source.ref.key === name);
  });
}

function storeOf(ref: StoreRef | undefined, { stores, namespace }: Around): ExternalStore | undefined {
  if (ref === undefined) return undefined;
  return stores.find(
    (store) =>
      store.kind === ref.kind &&
      store.name === ref.name &&
      (ref.kind !== "SecretStore" || store.namespace === namespace),
  );
}

function isOf(
  { awsRegion, account }: Extract<ExternalStore["provider"], { as: "aws" }>,
  secret: SecretIdentity,
  { accountId }: Around,
): boolean {
  // Credentials that do not show their account may belong to any: the values decide.
  const id = account === "own" ? accountId : account?.id;
  return secret.awsRegions.includes(awsRegion) && (id === undefined || id === secret.accountId);
}

/** Returns whether a name or an ARN is that of the secret. */
export function isNamed(key: string, secret: SecretIdentity): boolean {
  return key === secret.name || isArnOf(key, secret);
}

/** AWS also accepts an ARN without the dash and the six characters at its end. */
function isArnOf(key: string, { arns }: SecretIdentity): boolean {
  return arns.some((arn) => key === arn || key === arn.replace(/-[A-Za-z0-9]{6}$/, ""));
}
