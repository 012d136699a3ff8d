import { join } from "node:path";
import type { SandboxFolder } from "../folders.ts";
import type { Image } from "../pods/image.ts";

/** Istio's template for Envoy's bootstrap configuration, in the image's folder. */
export const bootstrapFile = "envoy_bootstrap.json";

/**
 * The image that Istio's injector names: it runs the sandbox's own agent and Envoy. This image does not make a pod
 * real; pods that are real get it.
 */
export function sidecarImage({ bin, root }: Pick<SandboxFolder, "bin" | "root">): Image {
  const folder = join(root, "images", "istio-proxy");
  return {
    name: "docker.io/istio/proxyv2",
    folder,
    entrypoint: [join(bin, "pilot-agent")],
    cmd: [],
    // The agent uses paths relative to this folder.
    workdir: "/",
    env: { PATH: `${bin}:/usr/bin:/bin`, ISTIO_BOOTSTRAP: join(folder, bootstrapFile) },
  };
}
