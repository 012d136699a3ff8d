import type { Place } from "../platform/place.ts";
import type { Region } from "../platform/schema.ts";
import { createCluster } from "./cluster.ts";
import { type EksClient, eksAccess } from "./eks-access.ts";
import { contextAccess, type KubeconfigSource } from "./kubeconfig.ts";
import type { Cluster } from "./port.ts";
import { createTransport, type TransportOptions } from "./transport.ts";

export interface ConnectOptions extends KubeconfigSource, Pick<TransportOptions, "requestTimeoutMs" | "clock"> {
  /** Connects to AWS for a region; only called if there is no kubeconfig context. */
  readonly aws: (region: Region) => Promise<EksClient>;
  /** How commands for the place's cluster begin: `kubectl --context eu`. */
  readonly kubectl: string;
  /** The command that lists who has access to the region's EKS cluster. */
  readonly accessEntries?: string | undefined;
}

/**
 * Connects to the API server of a place: through its kubeconfig context if it has one, otherwise with what EKS reports
 * about the cluster.
 */
export async function connect(place: Place, options: ConnectOptions, signal: AbortSignal): Promise<Cluster> {
  const context = "context" in place ? place.context : place.region.context;
  const access =
    "region" in place && context === undefined
      ? await eksAccess(place.region, await options.aws(place.region), options.clock.now, signal)
      : await contextAccess(context as string, options);
  const { requestTimeoutMs, clock } = options;
  const transport = createTransport(access, { cluster: place.name, requestTimeoutMs, clock });
  const { name } = place;
  return createCluster({ name, kubectl: options.kubectl, accessEntries: options.accessEntries }, transport, clock);
}
