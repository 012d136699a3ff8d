import type { AwsServices } from "../../src/aws/services.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { memoryAcm } from "./memory-acm.ts";
import type { Made } from "./memory-ec2.ts";
import { memoryEcr, memoryRegistry, type MemoryRegistry } from "./memory-ecr.ts";
import { memoryCaches, type MemoryCaches, memoryElastiCache } from "./memory-elasticache.ts";
import { memoryGraphs, type MemoryGraphs, memoryNeptune } from "./memory-neptune.ts";
import { demand } from "./aws-rules.ts";
import { memoryDatabases, type MemoryDatabases, memoryRds } from "./memory-rds.ts";
import { type MemoryPeerings, memoryPeerings } from "./memory-peering.ts";
import { memoryRoute53, memoryZones, type MemoryZones } from "./memory-route53.ts";
import { memoryStoreSecrets, type StoredSecret } from "./memory-store-secrets.ts";

/** What the regions of an account share, or copy from each other. */
export interface MemoryAccount {
  readonly databases: MemoryDatabases;
  readonly secrets: StoredSecret[];
  readonly zones: MemoryZones;
  readonly peerings: MemoryPeerings;
}

export function memoryAccount(): MemoryAccount {
  return { databases: memoryDatabases(), secrets: [], zones: memoryZones(), peerings: memoryPeerings() };
}

export interface MemoryStores {
  readonly ports: Pick<AwsServices, "acm" | "ecr" | "elasticache" | "neptune" | "rds" | "route53" | "secrets">;
  readonly caches: MemoryCaches;
  readonly graphs: MemoryGraphs;
  readonly registry: MemoryRegistry;
}

/** The in-memory data stores, registry, certificates and secrets of a region. */
export function memoryStores(
  target: AwsTarget,
  { databases, secrets, zones }: MemoryAccount,
  things: Made[],
  changes: AwsChanges,
): MemoryStores {
  const caches = memoryCaches();
  const graphs = memoryGraphs();
  const rds = memoryRds(target, databases, things, changes);
  const registry = memoryRegistry();
  return {
    caches,
    graphs,
    registry,
    ports: {
      acm: memoryAcm(target, zones, changes),
      ecr: memoryEcr(target, registry, changes),
      elasticache: memoryElastiCache(target, caches, things, changes),
      neptune: memoryNeptune(target, graphs, databases, things, changes),
      rds: {
        ...rds,
        // Neptune's clusters use them, too.
        deleteSubnetGroup: async (name, signal) => {
          const used = [...graphs.graphs.values()].some(({ subnetGroup }) => subnetGroup === name);
          const why = `Cannot delete the subnet group '${name}' because a cluster is still using it.`;
          demand(!used, "RDS DeleteDBSubnetGroup", "InvalidDBSubnetGroupStateFault", why);
          await rds.deleteSubnetGroup(name, signal);
        },
      },
      route53: memoryRoute53(zones, changes),
      secrets: memoryStoreSecrets(target, secrets, changes),
    },
  };
}
