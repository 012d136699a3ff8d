import { SecretValue } from "../../src/core/secret-value.ts";
import type { KubeSecret } from "../../src/k8s/external-secrets/port.ts";
import { type ExternalSecretObject, toExternalSecret } from "../../src/k8s/external-secrets/shapes.ts";
import type { Source } from "../../src/secrets/holds.ts";
import { type Payload, readPayload } from "../../src/secrets/payload.ts";

/**
 * Returns a reader of `acme/db` for an ExternalSecret's spec: each source whose key is `acme/db`, and each find, reads
 * it.
 */
export function readerOf(spec: object): Source {
  const object = { kind: "ExternalSecret", metadata: { name: "db", namespace: "shop" }, spec };
  const external = toExternalSecret(object as unknown as ExternalSecretObject);
  const reads = external.sources.filter(
    (source) => source.as === "find" || (source.as !== "generator" && source.ref.key === "acme/db"),
  );
  return { external, own: new Set(reads), storedName: "acme/db" };
}

export function payloadOf(text: string | Uint8Array): Payload {
  return readPayload(new SecretValue(text), typeof text !== "string");
}

export function kubeSecretOf(data: Readonly<Record<string, string | Uint8Array>>): KubeSecret {
  const entries = Object.entries(data).map(([key, value]) => [key, new SecretValue(value)] as const);
  return { data: new Map(entries), resourceVersion: "1", writtenAt: 0 };
}

export const one = (remoteRef: object, secretKey = "k") => ({ secretKey, remoteRef: { key: "acme/db", ...remoteRef } });
