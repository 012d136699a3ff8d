import { isTrusted } from "../../src/core/iam-policy.ts";
import type { LogGroup } from "../../src/aws/logs/port.ts";
import type { Aws } from "../../src/aws/port.ts";
import type { Quota } from "../../src/aws/quotas/port.ts";
import { awsChanges, type AwsChanges } from "./aws-changes.ts";
import { type Made, memoryEc2 } from "./memory-ec2.ts";
import { type MemoryClusters, memoryEks, noClusters } from "./memory-eks.ts";
import { type MemoryBalancers, memoryElbv2 } from "./memory-elbv2.ts";
import { memoryIam, type MemoryRoles } from "./memory-iam.ts";
import type { FlowLogNeeds } from "./memory-flow-logs.ts";
import { type MemoryBuckets, memoryS3 } from "./memory-s3.ts";
import { memoryLogs } from "./memory-logs.ts";
import { memoryKms, type MemoryKeys } from "./memory-kms.ts";
import { market, type Market } from "./memory-offerings.ts";
import { defaultQuotas, memoryQuotas } from "./memory-quotas.ts";
import { type MemoryAccount, memoryAccount, type MemoryStores, memoryStores } from "./memory-stores.ts";

/**
 * An in-memory AWS with what a region needs: what takes AWS time takes reads here, every change is counted, and what AWS
 * rejects is rejected with the errors of the adapters. The rules are those of AWS's API references.
 */
export interface MemoryAws
  extends
    Pick<AwsChanges, "strike" | "kill" | "mortal" | "restart">,
    MemoryClusters,
    MemoryRoles,
    MemoryKeys,
    MemoryBalancers {
  readonly aws: Aws;
  readonly things: Made[];
  readonly logGroups: Map<string, LogGroup>;
  readonly buckets: MemoryBuckets;
  /** By `service/code`. */
  readonly quotas: Map<string, Quota>;
  readonly market: Market;
  readonly caches: MemoryStores["caches"];
  readonly graphs: MemoryStores["graphs"];
  readonly registry: MemoryStores["registry"];
  readonly databases: MemoryAccount["databases"];
  /** The number of calls that have changed something. */
  readonly changes: () => number;
}

/** Regions of one account share it. `now`: milliseconds since the epoch. */
export function memoryAws(
  target: Aws["target"],
  account: MemoryAccount = memoryAccount(),
  now: () => number = () => 0,
): MemoryAws {
  const things: Made[] = [];
  const clusters = noClusters();
  const roles: MemoryRoles = { roles: new Map(), profiles: new Map() };
  const keys: MemoryKeys = { keys: new Map(), aliases: new Map() };
  const held: MemoryBalancers = { balancers: [], targetGroups: [] };
  const ledger = awsChanges();
  const logGroups = new Map<string, LogGroup>();
  const buckets: MemoryBuckets = new Map();
  const flowLogNeeds: FlowLogNeeds = {
    hasLogGroup: (name) => logGroups.has(name),
    isTrusting: (arn) =>
      [...roles.roles.values()].some(
        (role) => role.arn === arn && isTrusted(role.trust, "vpc-flow-logs.amazonaws.com"),
      ),
  };
  const offers = market();
  const quotaValues = defaultQuotas();
  const quotas = memoryQuotas({ quotas: quotaValues, ...clusters, ...held }, things, offers);
  const ec2 = memoryEc2(target, things, flowLogNeeds, ledger, offers, account.peerings);
  const logs = memoryLogs(target, logGroups, ledger);
  const elbv2 = memoryElbv2(held);
  const iam = memoryIam(target, roles, things, ledger);
  const eks = memoryEks(target, clusters, things, roles, ledger, now);
  const kms = memoryKms(target, keys, things, ledger);
  const s3 = memoryS3(buckets, ledger);
  const stores = memoryStores(target, account, things, ledger);
  const identity = async (): Promise<{ accountId: string; arn: string }> => ({
    accountId: target.accountId,
    arn: `arn:aws:sts::${target.accountId}:assumed-role/admin/ada`,
  });
  return {
    things,
    ...clusters,
    ...roles,
    ...keys,
    ...held,
    logGroups,
    buckets,
    quotas: quotaValues,
    market: offers,
    caches: stores.caches,
    graphs: stores.graphs,
    registry: stores.registry,
    databases: account.databases,
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
      service: async (name) => ledger.mortal({ ec2, eks, elbv2, iam, kms, logs, quotas, s3, ...stores.ports }[name]),
      close: async () => undefined,
    },
  };
}
