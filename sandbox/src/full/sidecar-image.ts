import { join } from "node:path";
import type { SandboxFolder } from "../folders.ts";
import type { Image } from "../pods/image.ts";

/** Istio's template for Envoy's bootstrap configuration, in the image's folder. */
export const bootstrapFile = "envoy_bootstrap.json";

/**
 * The image that Istio's injector names: it runs the sandbox's own agent and Envoy. A pod is not real because it has
 * one of these; it has one because it is real.
 */
export function sidecarImage({ bin, root }: Pick<SandboxFolder, "bin" | "root">): Image {
  const folder = join(root, "images", "istio-proxy");
  return {
    name: "docker.io/istio/proxyv2",
    folder,
    entrypoint: [join(bin, "pilot-agent")],
    cmd: [],
    // The agent names its files from there.
    workdir: "/",
    env: { PATH: `${bin}:/usr/bin:/bin`, ISTIO_BOOTSTRAP: join(folder, bootstrapFile) },
  };
}
