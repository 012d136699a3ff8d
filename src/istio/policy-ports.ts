import type { Words } from "./membership.ts";

export interface ServicePort {
  readonly port: number;
  /** A number, or the name of a port of the container; undefined for the port itself. */
  readonly targetPort?: number | string | undefined;
}

/** The parts of a Service that affect the ports of policies. */
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

/** A port in a policy that belongs to a Service, although the container has a different one. */
export interface StrayPort {
  readonly port: number;
  readonly service: string;
  /** The container's port. */
  readonly target: number;
}

/**
 * Returns the ports in a PeerAuthentication's portLevelMtls that belong to a Service and not to the container. Istio
 * looks them up by the container's port (GetMutualTLSModeForPort receives the endpoint's port), so they have no effect.
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
      if (isOwn || own.some((service) => service.ports.some((each) => targetPortOf(each, pod) === port)))
        return [undefined];
      return own.flatMap((service) =>
        service.ports
          .filter((each) => each.port === port)
          .flatMap((each) => {
            const target = targetPortOf(each, pod);
            return target === undefined ? [] : [{ port, service: service.name, target }];
          }),
      );
    });
    // If it is a port of one of the containers, it takes effect there.
    const [first] = stray;
    return first === undefined || stray.includes(undefined) ? [] : [first];
  });
}

/** Returns whether a Service selects pods with these labels. */
export function isBehind({ selector }: ServiceFacts, labels: Words): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Returns the container's port behind a Service's port, or undefined if no container has a port of that name. */
export function targetPortOf({ port, targetPort }: ServicePort, { ports }: PodPorts): number | undefined {
  if (typeof targetPort !== "string") return targetPort ?? port;
  return ports.find(({ name }) => name === targetPort)?.number;
}
