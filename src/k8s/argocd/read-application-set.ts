import type { Condition, KubeObject } from "../../core/kubernetes/object.ts";
import type { ApplicationSet } from "./port.ts";

/** https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/applicationset_types.go */
interface ApplicationSetObject extends KubeObject {
  readonly spec?: {
    readonly strategy?: { readonly type?: string; readonly rollingSync?: { readonly steps?: readonly unknown[] } };
  };
  readonly status?: {
    readonly applicationStatus?: readonly {
      readonly application: string;
      readonly step?: string;
      readonly status?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly conditions?: readonly Condition[];
  };
}

export function readApplicationSet(object: KubeObject): ApplicationSet {
  const { metadata, spec = {}, status = {} } = object as ApplicationSetObject;
  const deletion = metadata["deletionTimestamp"] as string | undefined;
  const steps = spec.strategy?.type === "RollingSync" ? (spec.strategy.rollingSync?.steps ?? []).length : undefined;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    ...(steps === undefined ? {} : { steps }),
    rollout: (status.applicationStatus ?? []).map((each) => ({
      application: each.application,
      step: Number(each.step ?? 0),
      status: each.status ?? "",
      later: Number(each.step ?? 0) > 0 && each.status === "Waiting",
      ...(each.lastTransitionTime === undefined ? {} : { since: Date.parse(each.lastTransitionTime) }),
    })),
    conditions: (status.conditions ?? []).map(({ type, status, message = "" }) => ({
      type,
      status,
      message: message.replaceAll(/\s+/g, " "),
    })),
    ...(deletion === undefined ? {} : { deletingSince: Date.parse(deletion) }),
  };
}
