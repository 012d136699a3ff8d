import type { EksCluster } from "../../src/aws/eks/port.ts";

/** Returns the ARN of a part of a cluster: `arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/default/1`. */
export function partArn(cluster: Pick<EksCluster, "arn" | "name"> | undefined, kind: string, name: string): string {
  return `${cluster?.arn.replace(/:cluster\/.*/, `:${kind}/${cluster.name}`)}/${name}/1`;
}
