import type { EksCluster, Nodegroup } from "../../src/aws/eks/port.ts";
import type { Role } from "../../src/aws/iam/port.ts";
import type { Aws } from "../../src/aws/port.ts";
import type { Quota } from "../../src/aws/quotas/port.ts";
import { awsChanges, type AwsChanges } from "./aws-changes.ts";
import { type Made, memoryEc2 } from "./memory-ec2.ts";
import { memoryEks } from "./memory-eks.ts";
import { memoryIam } from "./memory-iam.ts";
import { market, type Market } from "./memory-offerings.ts";
import { defaultQuotas, memoryQuotas } from "./memory-quotas.ts";

/**
 * An in-memory AWS with what a region needs: what takes AWS time takes reads here, every change is counted, and what AWS
 * rejects is rejected with the errors of the adapters. The rules are those of AWS's API references.
 */
export interface MemoryAws extends Pick<AwsChanges, "strike" | "kill" | "mortal" | "restart"> {
  readonly aws: Aws;
  readonly things: readonly Made[];
  /** The number of calls that have changed something. */
  readonly changes: () => number;
  readonly clusters: Map<string, EksCluster>;
  readonly nodegroups: Map<string, Nodegroup>;
  /** The caller's own role `admin` is there from the beginning. */
  readonly roles: Map<string, Role>;
  /** By `service/code`. */
  readonly quotas: Map<string, Quota>;
  readonly market: Market;
}

export function memoryAws(target: Aws["target"]): MemoryAws {
  const things: Made[] = [];
  const clusters = new Map<string, EksCluster>();
  const nodegroups = new Map<string, Nodegroup>();
  const roles = new Map<string, Role>();
  const trusted = new Map<string, string>();
  const ledger = awsChanges();
  const offers = market();
  const held = defaultQuotas();
  const quotas = memoryQuotas({ quotas: held, clusters, nodegroups }, things, offers);
  const ec2 = memoryEc2(target, things, ledger, offers);
  const iam = memoryIam(target, { roles, trusted }, things, ledger);
  const eks = memoryEks(target, { clusters, nodegroups }, things, { roles, trusted }, ledger);
  const identity = async (): Promise<{ accountId: string; arn: string }> => ({
    accountId: target.accountId,
    arn: `arn:aws:sts::${target.accountId}:assumed-role/admin/ada`,
  });
  return {
    things,
    clusters,
    nodegroups,
    roles,
    quotas: held,
    market: offers,
    strike: ledger.strike,
    kill: ledger.kill,
    mortal: ledger.mortal,
    restart: ledger.restart,
    changes: ledger.count,
    aws: {
      target,
      identity,
      verifyAccount: identity,
      eksToken: async () => "k8s-aws-v1.token",
      service: async (name) => {
        if (name === "secrets") throw new Error("nothing here has secrets");
        return ledger.mortal({ ec2, eks, iam, quotas }[name as "eks"]) as never;
      },
      close: async () => undefined,
    },
  };
}
