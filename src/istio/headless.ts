import { modeAt, type Mtls, type MtlsMode } from "./peer-authentication.ts";
import { isBehind, type PodPorts, type ServiceFacts, targetPortOf } from "./policy-ports.ts";

/** A port that callers in the mesh use in a different mode than it accepts, so that every call fails. */
export interface HeadlessClash {
  readonly service: string;
  /** The container's port. */
  readonly port: number;
  /** The mode in which the port accepts connections. */
  readonly mode: MtlsMode;
}

/**
 * Returns ports of headless Services whose mode differs from the one that callers infer. For headless Services, Istio
 * cannot inform callers about each pod: they use mutual TLS unless the mode of the namespace or the mesh is DISABLE,
 * whatever a workload's own policy says. After BestEffortInferServiceMTLSMode in istio's
 * pilot/pkg/model/push_context.go.
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
        const port = targetPortOf(each, pod) ?? each.port;
        const mode = modeAt(own, port);
        return mode !== "PERMISSIVE" && (mode === "DISABLE") !== sendsPlain ? [{ service: name, port, mode }] : [];
      }),
    );
}
