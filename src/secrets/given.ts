import type { KubeSecret } from "../k8s/external-secrets/port.ts";
import type { Consumer, SecretUse } from "../k8s/workloads/port.ts";
import { expectedData } from "./expected.ts";
import type { Payload } from "./payload.ts";
import type { ExpectedUses } from "./prove-pods.ts";
import { consumerName, type Reader } from "./readers.ts";

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
