import type { Words } from "./membership.ts";

export interface ServicePort {
  readonly port: number;
  /** A number, or the name of a port of the container; the port itself where it is absent. */
  readonly targetPort?: number | string | undefined;
}

/** A Service as far as the ports of policies depend on it. */
export interface ServiceFacts {
  readonly name: string;
  /** Never empty. */
  readonly selector: Words;
  readonly ports: readonly ServicePort[];
  /** `clusterIP: None` */
  readonly headless: boolean;
}

export interface ContainerPort {
  readonly number: number;
  readonly name?: string | undefined;
}

/** The pods of one workload. */
export interface PodPorts {
  readonly labels: Words;
  readonly ports: readonly ContainerPort[];
}

/** A port of a policy that is a Service's, while the container has another one. */
export interface StrayPort {
  readonly port: number;
  readonly service: string;
  /** The container's. */
  readonly target: number;
}

/**
 * The ports of a PeerAuthentication's portLevelMtls that are ports of a Service and not of the container: Istio looks
 * them up by the container's (GetMutualTLSModeForPort takes the endpoint's port), so they have no effect.
 * https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export function strayPorts(
  ports: readonly string[],
  pods: readonly PodPorts[],
  services: readonly ServiceFacts[],
): readonly StrayPort[] {
  return ports.map(Number).flatMap((port) => {
    const stray = pods.flatMap((pod) => {
      const own = services.filter((service) => isBehind(service, pod.labels));
      const isOwn = pod.ports.some(({ number }) => number === port);
      if (isOwn || own.some((service) => service.ports.some((each) => targetOf(each, pod) === port)))
        return [undefined];
      return own.flatMap((service) =>
        service.ports
          .filter((each) => each.port === port)
          .flatMap((each) => {
            const target = targetOf(each, pod);
            return target === undefined ? [] : [{ port, service: service.name, target }];
          }),
      );
    });
    // Where it is a port of one of the containers, it has its effect there.
    const [first] = stray;
    return first === undefined || stray.includes(undefined) ? [] : [first];
  });
}

/** Whether a Service leads to pods with these labels. */
export function isBehind({ selector }: ServiceFacts, labels: Words): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** The container's port behind one of a Service; undefined where no container has a port of that name. */
export function targetOf({ port, targetPort }: ServicePort, { ports }: PodPorts): number | undefined {
  if (typeof targetPort !== "string") return targetPort ?? port;
  return ports.find(({ name }) => name === targetPort)?.number;
}
