import { parse } from "yaml";
import { defaultRootNamespace } from "./peer-authentication.ts";

/** What a MeshConfig says that the mTLS of pods depends on. */
export interface MeshSettings {
  /** The namespace whose policies hold for all. */
  readonly rootNamespace: string;
  /** defaultConfig.interceptionMode: for pods that do not say themselves. */
  readonly interceptionMode?: string;
}

/** `mesh` of the config map `istio`. What it leaves out, or is not readable, is Istio's default (pkg/config/mesh/mesh.go). */
export function meshSettingsIn(text: string): MeshSettings {
  const config = parsed(text);
  const root = config?.rootNamespace;
  const mode = config?.defaultConfig?.interceptionMode;
  return {
    rootNamespace: typeof root === "string" && root !== "" ? root : defaultRootNamespace,
    ...(typeof mode === "string" ? { interceptionMode: mode } : {}),
  };
}

interface MeshConfig {
  readonly rootNamespace?: unknown;
  readonly defaultConfig?: { readonly interceptionMode?: unknown } | null;
}

function parsed(text: string): MeshConfig | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
