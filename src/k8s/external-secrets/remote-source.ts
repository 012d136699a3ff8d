/** https://external-secrets.io/latest/api/spec/ */
export type Decoding = "None" | "Base64" | "Base64URL" | "Auto";
export type Conversion = "Default" | "Unicode";

export interface StoreRef {
  readonly kind: "SecretStore" | "ClusterSecretStore";
  readonly name: string;
}

/** Which value of the store is read. */
export interface RemoteRef {
  /** The secret's name or ARN, behind the store's prefix. */
  readonly key: string;
  /** A path in the secret's JSON, by the rules of gjson. */
  readonly property?: string;
  /** A label, or `uuid/` and a version's id; AWSCURRENT where it is absent. */
  readonly version?: string;
  /** The secret's tags are read, and not its value. */
  readonly ofTags: boolean;
  readonly decoding: Decoding;
}

/** Changes keys before they get into the Kubernetes Secret. */
export type Rewrite =
  | { readonly as: "regexp"; readonly source: string; readonly target: string }
  | { readonly as: "merge" | "transform" };

interface OfStore {
  /** Absent where the ExternalSecret names none. */
  readonly store?: StoreRef;
}

/** What an ExternalSecret reads from where. */
export type RemoteSource =
  /** `data`: one value under one key. */
  | (OfStore & { readonly as: "key"; readonly secretKey: string; readonly ref: RemoteRef })
  /** `dataFrom.extract`: each property of the JSON under a key of its name. */
  | (OfStore & {
      readonly as: "extract";
      readonly ref: RemoteRef;
      readonly conversion: Conversion;
      readonly rewrites: readonly Rewrite[];
    })
  /** `dataFrom.find`: the whole text of each secret that matches, under the secret's name. */
  | (OfStore & {
      readonly as: "find";
      /** A regular expression of Go. */
      readonly name?: string;
      /** How the secret's name begins. */
      readonly path?: string;
      readonly tags: Readonly<Record<string, string>>;
      readonly conversion: Conversion;
      readonly decoding: Decoding;
      readonly rewrites: readonly Rewrite[];
    })
  /** `dataFrom.sourceRef.generatorRef`: values that no store has. */
  | { readonly as: "generator"; readonly store?: undefined };
