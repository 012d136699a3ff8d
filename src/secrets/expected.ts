import type { SecretValue } from "../core/secret-value.ts";
import type { KubeSecret } from "../k8s/external-secrets/port.ts";
import type { Consumer, SecretUse } from "../k8s/workloads/port.ts";
import { changedKeys, produced, type Source } from "./holds.ts";
import { allVisibleIn } from "./model/visible.ts";
import type { Payload } from "./payload.ts";

import { consumerName, type Reader } from "./readers.ts";

/** What a pod should have received from a Kubernetes Secret, for each of several versions. */
export interface ExpectedUses {
  readonly uses: readonly SecretUse[];
  readonly versions: readonly KubeData[];
}

/** The keys of a Kubernetes Secret, with their values. */
export type KubeData = ReadonlyMap<string, SecretValue>;

/**
 * Returns what a reader's Kubernetes Secret contains of a version: in the keys that distinguish it from the other
 * version, or in all keys if there is no other. The output of a template is taken from the Secret itself if that holds
 * the version. Empty if it is not known.
 */
async function expectedData(
  reader: Source,
  secret: KubeSecret | undefined,
  is: Payload,
  not: Payload | undefined,
): Promise<KubeData> {
  const wanted = await produced(reader, is);
  if ("untold" in wanted) return new Map();
  const other = not === undefined ? undefined : await produced(reader, not);
  const known = other !== undefined && !("untold" in other) ? other : { exact: new Map(), loose: [] };
  const data = new Map<string, SecretValue>();
  for (const key of changedKeys(wanted, known)) {
    const value = wanted.exact.get(key);
    if (value !== undefined) data.set(key, value);
  }
  const values = wanted.loose.filter((value) => !known.loose.some((each) => each.equals(value)));
  for (const [key, value] of secret?.data ?? []) {
    const shows = values.some((each) => allVisibleIn([value.reveal()], [each]));
    if (!data.has(key) && shows) data.set(key, value);
  }
  return data;
}

/** A version, and the one to distinguish it from. */
export interface Version {
  readonly is: Payload;
  readonly not: Payload | undefined;
}

/**
 * Returns what a workload's containers should have received from the readers' Kubernetes Secrets, for each of the
 * versions.
 */
export function givenTo(
  consumer: Consumer,
  readers: readonly Reader[],
  versions: readonly Version[],
  signal: AbortSignal,
): Promise<readonly ExpectedUses[]> {
  const name = consumerName(consumer);
  const own = readers.flatMap((reader) => {
    const uses = reader.consumers.find((each) => consumerName(each) === name)?.uses;
    return uses === undefined ? [] : [{ reader, uses }];
  });
  return Promise.all(own.map(({ reader, uses }) => givenBy(reader, uses, versions, signal)));
}

export async function givenBy(
  reader: Reader,
  uses: readonly SecretUse[],
  versions: readonly Version[],
  signal: AbortSignal,
): Promise<ExpectedUses> {
  const secret = await kubeSecretOf(reader, signal);
  const data = versions.map(({ is, not }) => expectedData(reader, secret, is, not));
  return { uses, versions: await Promise.all(data) };
}

export function kubeSecretOf(
  { site, external, kubeSecret }: Pick<Reader, "site" | "external" | "kubeSecret">,
  signal: AbortSignal,
): Promise<KubeSecret | undefined> {
  return site.externalSecrets.secret(external.namespace, kubeSecret, signal);
}
