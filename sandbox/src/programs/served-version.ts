import { cacheFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { readModule } from "./program-module.ts";

/**
 * Returns the Kubernetes version that an API server serves: the pinned one, or the one that a program of
 * KUBEBUILDER_ASSETS reports.
 */
export async function servedVersion(apiserver: string, setting: Setting): Promise<string> {
  const pinned = (await readModule("kubernetes")).versionOf("k8s.io/kubernetes");
  if (apiserver.startsWith(`${cacheFolder(setting.host)}/`)) return pinned;
  const { execa } = await import("execa");
  const { stdout } = await execa(apiserver, ["--version"], { cancelSignal: setting.signal });
  return /v\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? pinned;
}
