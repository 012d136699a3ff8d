import type { SecretValue } from "../core/secret-value.ts";
import type { KubeSecret } from "../k8s/external-secrets/port.ts";
import type { Consumer, SecretUse } from "../k8s/workloads/port.ts";
import { changedKeys, produced, type Source } from "./holds.ts";
import { visibleIn } from "./model/visible.ts";
import type { Payload } from "./payload.ts";

import { consumerName, type Reader } from "./readers.ts";

/** What a pod should have got of a Kubernetes Secret, in each of several versions. */
export interface ExpectedUses {
  readonly uses: readonly SecretUse[];
  readonly versions: readonly KubeData[];
}

/** Keys of a Kubernetes Secret, with their values. */
export type KubeData = ReadonlyMap<string, SecretValue>;

/**
 * What a reader's Kubernetes Secret has of a version, in the keys that tell it from the other one, and without one in
 * all keys. What a template makes is taken from the Secret as it is, where it holds the version. Empty: it is not known.
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
    const shows = values.some((each) => visibleIn([value.reveal()], [each]));
    if (!data.has(key) && shows) data.set(key, value);
  }
  return data;
}

/** A version, and the one that it is told apart from. */
export interface Version {
  readonly is: Payload;
  readonly not: Payload | undefined;
}

/** What a workload's containers should have been given of the readers' Kubernetes Secrets, in each of the versions. */
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
