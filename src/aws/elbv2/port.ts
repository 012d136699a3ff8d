import type { Tags } from "../tags.ts";

/** A load balancer of Elastic Load Balancing; classic ones have another API. */
export interface LoadBalancer {
  readonly arn: string;
  readonly kind: "application" | "network" | "gateway" | (string & {});
  readonly tags: Tags;
}

export interface TargetGroup {
  readonly arn: string;
  /** The ARNs of the load balancers that send requests to it. */
  readonly loadBalancerArns: readonly string[];
}

/** Application, network and gateway load balancers of an account in one AWS region. gennet makes none. */
export interface LoadBalancing {
  loadBalancers(signal: AbortSignal): Promise<readonly LoadBalancer[]>;
  targetGroups(signal: AbortSignal): Promise<readonly TargetGroup[]>;
}
