import { type HeadlessClash, headlessClashes } from "../../istio/headless.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import { type Mtls, mtlsOf, type PeerAuthentication, selectorOf } from "../../istio/peer-authentication.ts";
import { type ServiceFacts, type StrayPort, strayPorts } from "../../istio/policy-ports.ts";
import type { Istio, MeshPod } from "../../k8s/istio/port.ts";

/** How a pod accepts connections, and how Services affect that. */
export interface PodMtls extends Mtls {
  /**
   * Ports in the policy that belong to a Service and not to the container: they have no effect, and are not in `ports`.
   */
  readonly stray?: readonly StrayPort[];
  /** Ports of headless Services that callers use in a different mode than they accept. */
  readonly clashes?: readonly HeadlessClash[];
}

/**
 * How a pod with a sidecar accepts connections, and the mesh settings for pods that do not set an interception mode.
 */
export interface MtlsReads {
  readonly of: (pod: MeshPod) => PodMtls;
  readonly settings: MeshSettings;
}

/**
 * Reads how pods accept connections. Services only matter if a workload has its own policy, so other namespaces'
 * Services are not read.
 */
export async function readMtls(
  istio: Pick<Istio, "services">,
  policies: readonly PeerAuthentication[],
  settings: MeshSettings,
  signal: AbortSignal,
): Promise<MtlsReads> {
  const own = policies.filter((policy) => selectorOf(policy).length > 0);
  const namespaces = [...new Set(own.map(({ metadata }) => metadata.namespace ?? "default"))];
  const services = new Map(
    await Promise.all(namespaces.map(async (each) => [each, await istio.services(each, signal)] as const)),
  );
  return {
    settings,
    of(pod) {
      const { namespace = "default", labels = {} } = pod.object.metadata;
      const mtls = mtlsOf(policies, pod.object, settings.rootNamespace);
      const ofNamespace = mtlsOf(policies, { metadata: { name: "", namespace } }, settings.rootNamespace);
      return withServices(mtls, ofNamespace, { labels, ports: pod.ports }, services.get(namespace) ?? []);
    },
  };
}

function withServices(
  mtls: Mtls,
  ofNamespace: Mtls,
  pod: Parameters<typeof headlessClashes>[0],
  services: readonly ServiceFacts[],
): PodMtls {
  const stray = strayPorts(Object.keys(mtls.ports), [pod], services);
  const ports = Object.entries(mtls.ports).filter(([port]) => !stray.some((each) => each.port === Number(port)));
  const taken = { ...mtls, ports: Object.fromEntries(ports) };
  const clashes = headlessClashes(pod, services, taken, ofNamespace.mode);
  return { ...taken, ...(stray.length === 0 ? {} : { stray }), ...(clashes.length === 0 ? {} : { clashes }) };
}
