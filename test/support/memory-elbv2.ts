import type { LoadBalancer, LoadBalancing, TargetGroup } from "../../src/aws/elbv2/port.ts";

/** The load balancers of an account in one AWS region, which controllers in clusters make. */
export interface MemoryBalancers {
  readonly balancers: LoadBalancer[];
  readonly targetGroups: TargetGroup[];
}

export function memoryElbv2({ balancers, targetGroups }: MemoryBalancers): LoadBalancing {
  return { loadBalancers: async () => [...balancers], targetGroups: async () => [...targetGroups] };
}
