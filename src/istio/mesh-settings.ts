import { field, text } from "../core/fields.ts";
import { type MeshConfig, meshConfigOf } from "./mesh-config.ts";
import { defaultRootNamespace } from "./peer-authentication.ts";
import { plainYaml } from "./plain-yaml.ts";

/** The settings of a cluster's MeshConfig that affect the mTLS and breakers of pods. */
export interface MeshSettings extends Pick<MeshConfig, "defaultDestinationRuleExportTo" | "defaultTrafficPolicy"> {
  /** The namespace whose policies apply to the whole mesh. */
  readonly rootNamespace: string;
  /** defaultConfig.interceptionMode: the default for pods that do not set it. */
  readonly interceptionMode?: string;
}

/**
 * Reads `mesh` of the ConfigMap `istio`. Missing or unreadable settings have Istio's defaults
 * (pkg/config/mesh/mesh.go).
 */
export function meshSettingsIn(content: string): MeshSettings {
  const config = plainYaml(content);
  const { rootNamespace, proxyConfig: _, ...breakers } = meshConfigOf(config);
  const mode = text(field(config, "defaultConfig"), "interceptionMode");
  return {
    ...breakers,
    rootNamespace: rootNamespace === undefined || rootNamespace === "" ? defaultRootNamespace : rootNamespace,
    ...(mode === undefined ? {} : { interceptionMode: mode }),
  };
}
