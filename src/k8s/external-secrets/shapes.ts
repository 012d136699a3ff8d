import type { KubeObject } from "../port.ts";
import type { ExternalSecret, Landing, RemoteSource } from "./port.ts";

/** The fields of external-secrets.io/v1 that matter here. */
export interface ExternalSecretObject extends KubeObject {
  readonly spec: {
    readonly refreshPolicy?: "CreatedOnce" | "Periodic" | "OnChange";
    readonly refreshInterval?: string;
    readonly secretStoreRef?: StoreRef;
    readonly target?: {
      readonly name?: string;
      readonly creationPolicy?: "Owner" | "Orphan" | "Merge" | "None";
      readonly immutable?: boolean;
      readonly template?: { readonly data?: object; readonly templateFrom?: readonly object[] };
    };
    readonly data?: readonly { readonly secretKey: string; readonly remoteRef: RemoteRef }[];
    readonly dataFrom?: readonly { readonly extract?: RemoteRef; readonly rewrite?: readonly object[] }[];
  };
  readonly status?: {
    readonly refreshTime?: string | null;
    readonly syncedResourceVersion?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

interface StoreRef {
  readonly kind?: "SecretStore" | "ClusterSecretStore";
  readonly name?: string;
}

interface RemoteRef {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
  readonly decodingStrategy?: string;
}

export function toExternalSecret({ metadata, spec, status }: ExternalSecretObject): ExternalSecret {
  const { target = {}, secretStoreRef = {} } = spec;
  const condition = status?.conditions?.find((each) => each.type === "Ready");
  const ready = condition === undefined || condition.status === "Unknown" ? undefined : condition.status === "True";
  const fixed = whyFixed(spec);
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    ...(target.creationPolicy === "None" ? {} : { secret: target.name ?? metadata.name }),
    store: { kind: secretStoreRef.kind ?? "SecretStore", name: secretStoreRef.name ?? "" },
    sources: sourcesOf(spec),
    ...(fixed === undefined ? {} : { fixed }),
    ...(ready === undefined ? {} : { ready }),
    ...(ready === false && condition !== undefined ? { reason: condition.message ?? condition.reason ?? "" } : {}),
    ...(status?.refreshTime ? { refreshedAt: status.refreshTime } : {}),
    ...(spec.refreshInterval === undefined ? {} : { refreshInterval: spec.refreshInterval }),
    ...(status?.syncedResourceVersion ? { synced: status.syncedResourceVersion } : {}),
  };
}

/** When a change of an annotation does not lead to a sync, or the sync not to the new version. */
function whyFixed(spec: ExternalSecretObject["spec"]): string | undefined {
  if (spec.refreshPolicy === "CreatedOnce") return "its refreshPolicy is CreatedOnce: it never looks again";
  // Zero in any unit; `OnChange` does not ask for the interval.
  if (spec.refreshPolicy !== "OnChange" && /^0+([a-zµ]+)?$/.test(spec.refreshInterval ?? "1h")) {
    return "its refreshInterval is 0: it never looks again";
  }
  if (spec.target?.immutable === true) return "its target is immutable: the Kubernetes Secret is never changed";
  const pinned = [...(spec.data ?? []).map((each) => each.remoteRef), ...extracts(spec)].find(
    ({ version }) => version !== undefined && version !== "" && version !== "AWSCURRENT",
  );
  return pinned === undefined ? undefined : `it reads the version ${pinned.version} and not AWSCURRENT`;
}

function sourcesOf(spec: ExternalSecretObject["spec"]): RemoteSource[] {
  const { template } = spec.target ?? {};
  const templated = template?.data !== undefined || (template?.templateFrom ?? []).length > 0;
  const land = ({ decodingStrategy = "None", property }: RemoteRef, plain: Landing, rewritten = false): Landing => {
    const by = templated ? "a template" : rewritten ? "a rewriting" : decodingStrategy !== "None" ? "a decoding" : "";
    return by === "" ? plain : { as: "made", by, ...(property && { property }) };
  };
  const keys = (spec.data ?? []).map(({ secretKey, remoteRef }) => ({
    key: remoteRef.key,
    landing: land(remoteRef, {
      as: "key",
      secretKey,
      ...(remoteRef.property && { property: remoteRef.property }),
    }),
  }));
  const whole = (spec.dataFrom ?? []).flatMap(({ extract, rewrite = [] }) => {
    if (extract === undefined) return [];
    const nested: Landing = { as: "made", by: "an extraction", property: extract.property ?? "" };
    const plain: Landing = extract.property ? nested : { as: "properties" };
    return [{ key: extract.key, landing: land(extract, plain, rewrite.length > 0) }];
  });
  return [...keys, ...whole];
}

function extracts(spec: ExternalSecretObject["spec"]): RemoteRef[] {
  return (spec.dataFrom ?? []).flatMap(({ extract }) => (extract === undefined ? [] : [extract]));
}
