import type { IgnoredDifference } from "./component.ts";

/** Returns the field of webhooks into which the controller that they call writes its authority. */
export function authorityOf(
  kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
  name: string,
): IgnoredDifference {
  return {
    group: "admissionregistration.k8s.io",
    kind,
    name,
    jqPathExpressions: [".webhooks[]?.clientConfig.caBundle"],
  };
}
