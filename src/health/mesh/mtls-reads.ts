import { type HeadlessClash, headlessClashes } from "../../istio/headless.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import { type Mtls, mtlsOf, type PeerAuthentication, selectorOf } from "../../istio/peer-authentication.ts";
import { type ServiceFacts, type StrayPort, strayPorts } from "../../istio/policy-ports.ts";
import type { Istio, MeshPod } from "../../k8s/istio/port.ts";

/** How a pod takes connections, beside what Services make of it. */
export interface PodMtls extends Mtls {
  /** Ports of the policy that are a Service's and not the container's: they have no effect, and are not in `ports`. */
  readonly stray?: readonly StrayPort[];
  /** Ports of headless Services to which callers speak otherwise than they take. */
  readonly clashes?: readonly HeadlessClash[];
}

/** How a pod with a sidecar takes connections, and the interception mode of pods that name none. */
export interface MtlsReads {
  readonly of: (pod: MeshPod) => PodMtls;
  readonly settings: MeshSettings;
}

/** Services matter only where a workload has its own policy: of other namespaces they are not read. */
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
