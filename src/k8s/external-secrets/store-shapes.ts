import { type Condition, condition, type KubeObject } from "../../core/kubernetes/object.ts";
import type { ExternalStore, PushSecret } from "./port.ts";
import { type StoreFields, toStoreRef } from "./source-shapes.ts";

/** The fields of a SecretStore or ClusterSecretStore, external-secrets.io/v1. */
export interface StoreObject extends KubeObject {
  readonly spec?: {
    readonly provider?: {
      readonly aws?: {
        readonly service?: string;
        readonly region?: string;
        readonly prefix?: string;
        readonly role?: string;
        readonly auth?: { readonly secretRef?: object; readonly jwt?: object };
      };
      readonly kubernetes?: { readonly remoteNamespace?: string };
    };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The fields of a PushSecret, external-secrets.io/v1alpha1. */
export interface PushSecretObject extends KubeObject {
  readonly spec?: {
    readonly updatePolicy?: "Replace" | "IfNotExists";
    readonly secretStoreRefs?: readonly (StoreFields & { readonly labelSelector?: object })[];
    readonly selector?: { readonly secret?: { readonly name?: string } };
    readonly data?: readonly { readonly match?: { readonly remoteRef?: { readonly remoteKey?: string } } }[];
  };
}

export function toStore(kind: ExternalStore["kind"], object: StoreObject): ExternalStore {
  const { metadata, spec } = object;
  const { name, namespace } = metadata;
  const reported = condition(object, "Ready");
  const isKnown = reported?.status === "True" || reported?.status === "False";
  return {
    kind,
    name,
    ...(kind === "SecretStore" && namespace && { namespace }),
    provider: providerOf(spec ?? {}),
    ...(isKnown ? { ready: reported.status === "True" } : {}),
    ...(reported?.status === "False" ? { reason: reported.message ?? reported.reason ?? "" } : {}),
  };
}

function providerOf({ provider }: NonNullable<StoreObject["spec"]>): ExternalStore["provider"] {
  const { aws, kubernetes } = provider ?? {};
  if (kubernetes !== undefined) return { as: "kubernetes", namespace: kubernetes.remoteNamespace ?? "default" };
  if (aws?.service !== "SecretsManager" && aws?.service !== "ParameterStore") return { as: "other" };
  return {
    as: "aws",
    service: aws.service,
    awsRegion: aws.region ?? "",
    prefix: aws.prefix ?? "",
    account: accountOf(aws),
  };
}

/** Returns the account. The role is assumed last, whatever other credentials the store has. */
function accountOf({ role, auth }: { readonly role?: string; readonly auth?: object }) {
  const id = role?.split(":")[4];
  if (id !== undefined && id !== "") return { id };
  return auth === undefined || Object.keys(auth).length === 0 ? "own" : undefined;
}

export function toPushSecret({ metadata, spec = {} }: PushSecretObject): PushSecret {
  const refs = spec.secretStoreRefs ?? [];
  const secret = spec.selector?.secret?.name;
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    ...(secret && { secret }),
    stores: refs.flatMap((ref) => toStoreRef(ref) ?? []),
    everyStore: refs.some((ref) => ref.labelSelector !== undefined),
    keys: (spec.data ?? []).flatMap(({ match }) => match?.remoteRef?.remoteKey ?? []),
    replaces: spec.updatePolicy !== "IfNotExists",
  };
}
