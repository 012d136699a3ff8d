import { field, text } from "../core/fields.ts";
import { type MeshConfig, meshConfigOf } from "./mesh-config.ts";
import { defaultRootNamespace } from "./peer-authentication.ts";
import { plainYaml } from "./plain-yaml.ts";

/** What a cluster's MeshConfig says that the mTLS and the breakers of pods depend on. */
export interface MeshSettings extends Pick<MeshConfig, "defaultDestinationRuleExportTo" | "defaultTrafficPolicy"> {
  /** The namespace whose policies hold for all. */
  readonly rootNamespace: string;
  /** defaultConfig.interceptionMode: for pods that do not say themselves. */
  readonly interceptionMode?: string;
}

/** `mesh` of the config map `istio`. What it leaves out, or is not readable, is Istio's default (pkg/config/mesh/mesh.go). */
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
