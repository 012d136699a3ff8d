/** https://external-secrets.io/latest/api/spec/ */
export type Decoding = "None" | "Base64" | "Base64URL" | "Auto";
export type Conversion = "Default" | "Unicode";

export interface StoreRef {
  readonly kind: "SecretStore" | "ClusterSecretStore";
  readonly name: string;
}

/** A reference to a value in the store. */
export interface RemoteRef {
  /** The secret's name or ARN, without the store's prefix. */
  readonly key: string;
  /** A path in the secret's JSON, in the syntax of gjson. */
  readonly property?: string;
  /** A label, or `uuid/` and a version id; AWSCURRENT if absent. */
  readonly version?: string;
  /** Whether to read the secret's tags instead of its value. */
  readonly ofTags: boolean;
  readonly decoding: Decoding;
}

/** Changes keys before they get into the Kubernetes Secret. */
export type Rewrite =
  | { readonly as: "regexp"; readonly source: string; readonly target: string }
  | { readonly as: "merge" | "transform" };

interface OfStore {
  /** Absent if the ExternalSecret specifies none. */
  readonly store?: StoreRef;
}

/** A source of values for an ExternalSecret. */
export type RemoteSource =
  /** `data`: one value under one key. */
  | (OfStore & { readonly as: "key"; readonly secretKey: string; readonly ref: RemoteRef })
  /** `dataFrom.extract`: each property of the JSON, under its name as key. */
  | (OfStore & {
      readonly as: "extract";
      readonly ref: RemoteRef;
      readonly conversion: Conversion;
      readonly rewrites: readonly Rewrite[];
    })
  /** `dataFrom.find`: the complete text of each matching secret, under its name as key. */
  | (OfStore & {
      readonly as: "find";
      /** A Go regular expression. */
      readonly name?: string;
      /** A prefix of the secret's name. */
      readonly path?: string;
      readonly tags: Readonly<Record<string, string>>;
      readonly conversion: Conversion;
      readonly decoding: Decoding;
      readonly rewrites: readonly Rewrite[];
    })
  /** `dataFrom.sourceRef.generatorRef`: generated values, which are in no store. */
  | { readonly as: "generator"; readonly store?: undefined };
