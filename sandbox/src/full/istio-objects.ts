import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { realLabel } from "../pods/marking.ts";
import type { Setting } from "../setting.ts";

/**
 * Enables Istio's CNI mode, because the runtime of real pods does the work of its plugin. Otherwise, every pod would
 * start with a container that may change the network, which namespaces with the `restricted` pod security reject, as
 * they do a container without a seccomp profile.
 */
const values = [
  "values.global.hub=docker.io/istio",
  "values.global.tag=sandbox",
  "components.cni.enabled=true",
  "values.global.proxy.seccompProfile.type=RuntimeDefault",
  "values.global.proxy.resources.requests.cpu=10m",
  "values.global.proxy.resources.requests.memory=64Mi",
];

/** Returns what Istio's installer would create in a cluster, as YAML. */
export async function istioManifest(istioctl: string, { host, signal }: Setting): Promise<string> {
  const { execa } = await import("execa");
  const args = ["manifest", "generate", ...values.flatMap((value) => ["--set", value])];
  const env = { HOME: host.home };
  const { stdout } = await execa(istioctl, args, { env, extendEnv: false, cancelSignal: signal });
  return stdout;
}

const taken: Readonly<Record<string, readonly string[]>> = {
  ServiceAccount: ["istiod"],
  ConfigMap: ["istio", "istio-sidecar-injector"],
  // Its pods are simulated and represent the program that runs outside the cluster.
  Deployment: ["istiod"],
  MutatingWebhookConfiguration: ["istio-sidecar-injector"],
};

/** Returns those of the objects that sidecars need, for an istiod that runs outside the cluster. */
export function istioObjects(manifest: string, mesh: object, webhookPort: number): readonly KubeObject[] {
  const objects = parseAllDocuments(manifest)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null && taken[object.kind]?.includes(object.metadata.name) === true);
  return (objects as readonly KubeObject[]).map((object) => {
    if (object.kind === "ConfigMap" && object.metadata.name === "istio") {
      return { ...object, data: { mesh: JSON.stringify(mesh), meshNetworks: "networks: {}" } };
    }
    return object.kind === "MutatingWebhookConfiguration" ? forRealPods(object, webhookPort) : object;
  });
}

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
  readonly objectSelector?: { readonly matchExpressions?: readonly object[] };
}

/** Simulated pods get no sidecar: it would never run, and istiod would wait for it in vain. */
function forRealPods(object: KubeObject, port: number): KubeObject {
  const webhooks = (object["webhooks"] as readonly Webhook[]).map(({ clientConfig, objectSelector, ...rest }) => ({
    ...rest,
    clientConfig: { url: `https://localhost:${port}${clientConfig.service.path}` },
    objectSelector: {
      ...objectSelector,
      matchExpressions: [...(objectSelector?.matchExpressions ?? []), { key: realLabel, operator: "Exists" }],
    },
  }));
  return { ...object, webhooks };
}
