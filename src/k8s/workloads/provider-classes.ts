import { parse } from "yaml";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { ProviderClass } from "./port.ts";

/** The fields of secrets-store.csi.x-k8s.io/v1 that matter here. */
export interface ProviderClassObject extends KubeObject {
  readonly spec?: { readonly provider?: string; readonly parameters?: { readonly objects?: string } };
}

interface ProviderObject {
  readonly objectName?: unknown;
  readonly objectType?: unknown;
  readonly failoverObject?: { readonly objectName?: unknown };
}

/**
 * Returns the secrets that pods with this class read from AWS; undefined for the class of another provider.
 * https://github.com/aws/secrets-store-csi-driver-provider-aws/blob/main/README.md
 */
export function toProviderClass({ metadata, spec = {} }: ProviderClassObject): ProviderClass | undefined {
  if (spec.provider !== "aws") return undefined;
  const keys = keysIn(spec.parameters?.objects ?? "");
  return { namespace: metadata.namespace ?? "default", name: metadata.name, ...(keys && { keys }) };
}

/** `objects` is YAML in a string. */
function keysIn(objects: string): readonly string[] | undefined {
  try {
    const parsed: unknown = parse(objects, { logLevel: "error" });
    if (!Array.isArray(parsed)) return undefined;
    return (parsed as readonly ProviderObject[])
      .filter(({ objectType }) => objectType !== "ssmparameter")
      .flatMap(({ objectName, failoverObject }) => [objectName, failoverObject?.objectName])
      .filter((key) => typeof key === "string");
  } catch {
    return undefined;
  }
}
