import { modeAt, type Mtls, type MtlsMode } from "./peer-authentication.ts";
import { isBehind, type PodPorts, type ServiceFacts, targetOf } from "./policy-ports.ts";

/** A port to which callers in the mesh speak otherwise than it takes: every such call fails. */
export interface HeadlessClash {
  readonly service: string;
  /** The container's. */
  readonly port: number;
  /** How the port takes connections. */
  readonly mode: MtlsMode;
}

/**
 * Ports of headless Services whose mode differs from the one that callers infer. For these Istio cannot tell callers
 * about each pod: they use mutual TLS unless the namespace's mode, or the mesh's, is DISABLE, whatever a workload's own
 * policy says. After BestEffortInferServiceMTLSMode in istio's pilot/pkg/model/push_context.go.
 */
export function headlessClashes(
  pod: PodPorts,
  services: readonly ServiceFacts[],
  own: Mtls,
  ofNamespace: MtlsMode,
): readonly HeadlessClash[] {
  const sendsPlain = ofNamespace === "DISABLE";
  return services
    .filter((service) => service.headless && isBehind(service, pod.labels))
    .flatMap(({ name, ports }) =>
      ports.flatMap((each): HeadlessClash[] => {
        const port = targetOf(each, pod) ?? each.port;
        const mode = modeAt(own, port);
        return mode !== "PERMISSIVE" && (mode === "DISABLE") !== sendsPlain ? [{ service: name, port, mode }] : [];
      }),
    );
}
