import { type Condition, condition, type KubeObject, ownersOf } from "../../core/kubernetes/object.ts";
import type { ExternalSecret } from "./port.ts";
import { type SourceFields, sourcesOf } from "./source-shapes.ts";

/** The fields of external-secrets.io/v1 that matter here. */
export interface ExternalSecretObject extends KubeObject {
  readonly spec: SourceFields & {
    readonly refreshPolicy?: "CreatedOnce" | "Periodic" | "OnChange";
    readonly refreshInterval?: string;
    readonly target?: {
      readonly name?: string;
      readonly creationPolicy?: "Owner" | "Orphan" | "Merge" | "None";
      readonly immutable?: boolean;
      readonly template?: TemplateFields;
    };
  };
  readonly status?: {
    readonly refreshTime?: string | null;
    readonly syncedResourceVersion?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface TemplateFields {
  readonly mergePolicy?: "Replace" | "Merge";
  readonly data?: Readonly<Record<string, string>>;
  readonly templateFrom?: readonly object[];
}

export function toExternalSecret(object: ExternalSecretObject): ExternalSecret {
  const { metadata, spec, status } = object;
  const { target = {} } = spec;
  const reported = condition(object, "Ready");
  const ready = reported === undefined ? undefined : readinessOf(reported);
  const blockedReason = whyNeverSynced(spec);
  const template = templateOf(target.template);
  const madeBy = ownersOf(object).find(({ kind }) => kind === "ClusterExternalSecret")?.name;
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    ...(target.creationPolicy === "None" ? {} : { secret: target.name || metadata.name }),
    sources: sourcesOf(spec),
    ...(template && { template }),
    ...(blockedReason === undefined ? {} : { blockedReason }),
    ...(madeBy === undefined ? {} : { madeBy }),
    ...(ready === undefined ? {} : { ready }),
    ...(ready === false && reported !== undefined ? { reason: reported.message ?? reported.reason ?? "" } : {}),
    ...(status?.refreshTime ? { refreshedAt: status.refreshTime } : {}),
    ...(spec.refreshInterval === undefined ? {} : { refreshInterval: spec.refreshInterval }),
    ...(status?.syncedResourceVersion ? { synced: status.syncedResourceVersion } : {}),
  };
}

/**
 * Returns whether values have arrived. External Secrets also reports ready if the secret no longer exists in the store
 * (deletionPolicy Delete and Retain), or if there is no Secret to merge into.
 */
function readinessOf({ status, reason = "", message = "" }: Condition): boolean | undefined {
  if (status === "Unknown") return undefined;
  const isEmpty = /^(Secret|Resource)(Deleted|Missing)$/.test(reason) || message.includes("DeletionPolicy=Retain");
  return status === "True" && !isEmpty;
}

/** Returns why a changed annotation does not trigger a sync, if it does not. */
function whyNeverSynced(spec: ExternalSecretObject["spec"]): string | undefined {
  if (spec.refreshPolicy === "CreatedOnce") return "its refreshPolicy is CreatedOnce: it never syncs again";
  // Zero in any unit, or negative; `OnChange` ignores the interval.
  if (spec.refreshPolicy !== "OnChange" && /^(-|[^1-9]*$)/.test(spec.refreshInterval ?? "1h")) {
    return "its refreshInterval is 0: it never syncs again";
  }
  if (spec.target?.immutable === true) return "its target is immutable: the Kubernetes Secret is never changed";
  return undefined;
}

function templateOf({ data = {}, templateFrom = [], mergePolicy }: TemplateFields = {}): ExternalSecret["template"] {
  const keys = Object.keys(data);
  // A template without data leaves the values as they are.
  return keys.length + templateFrom.length === 0 ? undefined : { keys, merged: mergePolicy === "Merge" };
}
