import type { Conversion, Decoding, RemoteRef, RemoteSource, Rewrite, StoreRef } from "./remote-source.ts";

/** The fields of an ExternalSecret's spec that define what it reads. */
export interface SourceFields {
  readonly secretStoreRef?: StoreFields;
  readonly data?: readonly {
    readonly secretKey: string;
    readonly remoteRef: RefFields;
    readonly sourceRef?: { readonly storeRef?: StoreFields };
  }[];
  readonly dataFrom?: readonly {
    readonly extract?: RefFields;
    readonly find?: FindFields;
    readonly rewrite?: readonly RewriteFields[];
    readonly sourceRef?: { readonly storeRef?: StoreFields; readonly generatorRef?: object };
  }[];
}

export interface StoreFields {
  readonly kind?: "SecretStore" | "ClusterSecretStore";
  readonly name?: string;
}

interface RefFields {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
  readonly metadataPolicy?: "None" | "Fetch";
  readonly decodingStrategy?: Decoding;
  readonly conversionStrategy?: Conversion;
}

interface FindFields {
  readonly name?: { readonly regexp?: string };
  readonly path?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly decodingStrategy?: Decoding;
  readonly conversionStrategy?: Conversion;
}

interface RewriteFields {
  readonly regexp?: { readonly source: string; readonly target: string };
  readonly merge?: object;
  readonly transform?: object;
}

/**
 * Returns the sources in the order in which External Secrets reads them: `dataFrom` first, then `data`.
 * https://github.com/external-secrets/external-secrets/blob/v0.20.4/pkg/controllers/externalsecret/externalsecret_controller_secret.go
 */
export function sourcesOf(spec: SourceFields): readonly RemoteSource[] {
  const whole = (spec.dataFrom ?? []).flatMap(({ extract, find, rewrite = [], sourceRef }): RemoteSource[] => {
    const store = toStoreRef(sourceRef?.storeRef ?? spec.secretStoreRef);
    const from = { ...(store && { store }), rewrites: rewrite.map(toRewrite) };
    if (find !== undefined) {
      const { name, path, tags = {}, decodingStrategy = "None", conversionStrategy = "Default" } = find;
      const regexp = name === undefined ? {} : { name: name.regexp ?? "" };
      const how = { decoding: decodingStrategy, conversion: conversionStrategy };
      return [{ as: "find", ...from, ...regexp, ...(path !== undefined && { path }), tags, ...how }];
    }
    if (extract === undefined) return sourceRef?.generatorRef === undefined ? [] : [{ as: "generator" }];
    return [{ as: "extract", ...from, ref: toRef(extract), conversion: extract.conversionStrategy ?? "Default" }];
  });
  const single = (spec.data ?? []).map(({ secretKey, remoteRef, sourceRef }): RemoteSource => {
    const store = toStoreRef(sourceRef?.storeRef ?? spec.secretStoreRef);
    return { as: "key", ...(store && { store }), secretKey, ref: toRef(remoteRef) };
  });
  return [...whole, ...single];
}

export function toStoreRef({ kind = "SecretStore", name }: StoreFields = {}): StoreRef | undefined {
  return name === undefined || name === "" ? undefined : { kind, name };
}

function toRef({ key, property, version, metadataPolicy, decodingStrategy = "None" }: RefFields): RemoteRef {
  return {
    key,
    ...(property && { property }),
    ...(version && { version }),
    ofTags: metadataPolicy === "Fetch",
    decoding: decodingStrategy,
  };
}

function toRewrite({ regexp, merge }: RewriteFields): Rewrite {
  // External Secrets checks them in this order: merge, regexp, transform.
  if (merge !== undefined) return { as: "merge" };
  return regexp === undefined ? { as: "transform" } : { as: "regexp", source: regexp.source, target: regexp.target };
}
