import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { realLabel } from "../pods/marking.ts";
import type { Setting } from "../setting.ts";

/**
 * With Istio's CNI plugin, whose part the runtime of real pods has: without it every pod would start with a container
 * that may change the network, which namespaces with the `restricted` pod security refuse, as they do one without a
 * seccomp profile.
 */
const values = [
  "values.global.hub=docker.io/istio",
  "values.global.tag=sandbox",
  "components.cni.enabled=true",
  "values.global.proxy.seccompProfile.type=RuntimeDefault",
  "values.global.proxy.resources.requests.cpu=10m",
  "values.global.proxy.resources.requests.memory=64Mi",
];

/** What Istio's installer would put into a cluster: YAML. */
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
  // Its pods are simulated and stand for the program that runs beside the cluster.
  Deployment: ["istiod"],
  MutatingWebhookConfiguration: ["istio-sidecar-injector"],
};

/** Of those objects the ones that sidecars take, for an istiod that runs beside the cluster. */
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
