import type { Cause } from "../core/check.ts";
import { AppError } from "../core/error.ts";
import type { ApplicationResource } from "../k8s/argocd/port.ts";
import { externalKey } from "./checks/secrets-ready.ts";
import { storeKey } from "./checks/secrets-store.ts";
import type { SecretReads } from "./secret-reads.ts";

/**
 * Returns the stores and ExternalSecrets among resources that are not ready, with the finding that says why; none if the
 * cluster may not be asked.
 */
export async function brokenSecrets(
  resources: readonly ApplicationResource[],
  secrets: Pick<SecretReads, "stores" | "externals">,
): Promise<ReadonlyMap<ApplicationResource, Cause>> {
  const own = resources.filter(({ group }) => group === "external-secrets.io");
  if (own.length === 0) return new Map();
  const broken = await brokenKeys(secrets);
  return new Map(
    own.flatMap((resource): [ApplicationResource, Cause][] => {
      const symptom = symptomOf(resource);
      return broken.has(symptom.about) ? [[resource, symptom]] : [];
    }),
  );
}

async function brokenKeys({
  stores,
  externals,
}: Pick<SecretReads, "stores" | "externals">): Promise<ReadonlySet<string>> {
  const isBroken = ({ ready }: { readonly ready?: boolean }): boolean => ready === false;
  try {
    const [allStores, allExternals] = await Promise.all([stores(), externals()]);
    return new Set([...allStores.filter(isBroken).map(storeKey), ...allExternals.filter(isBroken).map(externalKey)]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Set();
  }
}

function symptomOf(resource: ApplicationResource): Cause {
  const { kind, namespace = "", name } = resource;
  return kind === "ExternalSecret"
    ? { id: "secrets/ready", about: externalKey({ namespace, name }) }
    : { id: "secrets/store", about: storeKey(resource) };
}
