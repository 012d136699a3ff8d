import { AppError } from "../core/error.ts";
import type { ApplicationResource } from "../k8s/argocd/port.ts";
import type { ApplicationJudgement } from "./application-check.ts";
import { externalKey } from "./checks/secrets-ready.ts";
import { storeKey } from "./checks/secrets-store.ts";
import type { SecretReads } from "./secret-reads.ts";

type Symptom = NonNullable<ApplicationJudgement["symptomOf"]>;

/**
 * Returns the stores and ExternalSecrets among resources that are not ready, with the finding that says why; none if the
 * cluster may not be asked.
 */
export async function brokenSecrets(
  resources: readonly ApplicationResource[],
  secrets: Pick<SecretReads, "stores" | "externals">,
): Promise<ReadonlyMap<ApplicationResource, Symptom>> {
  const own = resources.filter(({ group }) => group === "external-secrets.io");
  if (own.length === 0) return new Map();
  const broken = await brokenThings(secrets);
  return new Map(
    own.flatMap((resource): [ApplicationResource, Symptom][] => {
      const found = broken.get(idOf(resource));
      return found === undefined ? [] : [[resource, found]];
    }),
  );
}

async function brokenThings({
  stores,
  externals,
}: Pick<SecretReads, "stores" | "externals">): Promise<ReadonlyMap<string, Symptom>> {
  try {
    const [readStores, readExternals] = await Promise.all([stores(), externals()]);
    return new Map([
      ...readStores
        .filter(({ ready }) => ready === false)
        .map((store): [string, Symptom] => [idOf(store), { id: "secrets/store", about: storeKey(store) }]),
      ...readExternals
        .filter(({ ready }) => ready === false)
        .map((external): [string, Symptom] => [
          idOf({ kind: "ExternalSecret", ...external }),
          { id: "secrets/ready", about: externalKey(external) },
        ]),
    ]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Map();
  }
}

function idOf({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}): string {
  return `${kind} ${namespace ?? ""}/${name}`;
}
