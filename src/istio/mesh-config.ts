import { field, isFields, text, texts } from "../core/fields.ts";

/** The settings of Istio's MeshConfig that affect breakers. Undefined means Istio's default. */
export interface MeshConfig {
  readonly rootNamespace?: string;
  /** For DestinationRules without exportTo; istiod supports `.` and treats everything else as `*`. */
  readonly defaultDestinationRuleExportTo?: readonly string[];
  /** Blocks of a trafficPolicy for every call whose rule does not have them (Istio 1.31). */
  readonly defaultTrafficPolicy?: { readonly connectionPool: unknown; readonly outlierDetection: unknown };
  /** defaultConfig: the default for proxies without an annotation. */
  readonly proxyConfig: unknown;
}

/**
 * Reads a MeshConfig: the `mesh` of the ConfigMap istio, or `meshConfig` of istiod's chart.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function meshConfigOf(config: unknown): MeshConfig {
  const rootNamespace = text(config, "rootNamespace");
  const to = field(config, "defaultDestinationRuleExportTo");
  const policy = field(config, "defaultTrafficPolicy");
  return {
    ...(rootNamespace === undefined ? {} : { rootNamespace }),
    ...(Array.isArray(to) ? { defaultDestinationRuleExportTo: texts(to) } : {}),
    ...(isFields(policy)
      ? {
          defaultTrafficPolicy: {
            connectionPool: policy["connectionPool"],
            outlierDetection: policy["outlierDetection"],
          },
        }
      : {}),
    proxyConfig: field(config, "defaultConfig"),
  };
}
