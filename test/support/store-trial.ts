import type { Eks } from "../../src/aws/eks/port.ts";
import type { Kms } from "../../src/aws/kms/port.ts";
import type { LogGroup } from "../../src/aws/logs/port.ts";
import { openJournal } from "../../src/core/journal.ts";
import { applyPlan } from "../../src/core/apply.ts";
import { isPending } from "../../src/core/due.ts";
import { makePlan, type Plan } from "../../src/core/plan.ts";
import type { AnyResource } from "../../src/core/resource.ts";
import { resourceGraph } from "../../src/core/resource-graph.ts";
import { beginRun } from "../../src/core/run.ts";
import type { StepResult } from "../../src/core/step-result.ts";
import { type Platform, platformSchema } from "../../src/platform/schema.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { awsChanges, type AwsChanges } from "./aws-changes.ts";
import { type Made, memoryEc2 } from "./memory-ec2.ts";
import { noFlowLogs } from "./memory-flow-logs.ts";
import type { MemoryRegistry } from "./memory-ecr.ts";
import type { MemoryCaches } from "./memory-elasticache.ts";
import type { MemoryGraphs } from "./memory-neptune.ts";
import { memoryLines } from "./memory-lines.ts";
import { memoryLogs } from "./memory-logs.ts";
import { market } from "./memory-offerings.ts";
import { type MemoryAccount, memoryAccount, memoryStores } from "./memory-stores.ts";

const signal = new AbortController().signal;
const accountId = "111122223333";

export const keyIn = (awsRegion: string): string => `arn:aws:kms:${awsRegion}:${accountId}:key/mrk-1`;

/** The data stores of a platform with two regions, in one in-memory account. */
export interface StoreTrial extends MemoryAccount {
  readonly ledger: AwsChanges;
  readonly things: Readonly<Record<string, Made[]>>;
  /** By region. */
  readonly caches: Readonly<Record<string, MemoryCaches>>;
  readonly graphs: Readonly<Record<string, MemoryGraphs>>;
  readonly logGroups: Readonly<Record<string, Map<string, LogGroup>>>;
  readonly registries: Readonly<Record<string, MemoryRegistry>>;
  world(region: string): RegionWorld;
  /** The same account with another gennet.yaml. */
  with(spec: Spec): StoreTrial;
  /** Plans these regions; by default, all of them. */
  plan(regions?: readonly string[]): Promise<Plan>;
  /** What a plan changes, by node: `us/postgres`. */
  pending(): Promise<Readonly<Record<string, unknown>>>;
  bootstrap(): Promise<readonly StepResult[]>;
  /** Removes everything, last resource first. Returns what AWS keeps. */
  destroy(): Promise<readonly string[]>;
}

type Spec = Readonly<Record<string, unknown>>;

/** Starts with an empty account. `spec` is the part of gennet.yaml that matters, `resources` the part of the graph. */
export function storeTrial(resources: readonly AnyResource<RegionWorld>[], spec: Spec): StoreTrial {
  const ledger = awsChanges();
  const account = memoryAccount();
  const things: Record<string, Made[]> = {};
  const caches: Record<string, MemoryCaches> = {};
  const graphs: Record<string, MemoryGraphs> = {};
  const logGroups: Record<string, Map<string, LogGroup>> = {};
  const registries: Record<string, MemoryRegistry> = {};
  const clouds = new Map<string, RegionWorld["aws"]>();
  for (const { name, awsRegion } of platformOf(spec).regions) {
    const target = { name, awsRegion, accountId };
    const own: Made[] = (things[name] = []);
    const stores = memoryStores(target, account, own, ledger);
    caches[name] = stores.caches;
    graphs[name] = stores.graphs;
    const logged = (logGroups[name] = new Map<string, LogGroup>());
    registries[name] = stores.registry;
    // gennet.yaml names the key of each region.
    const kms: Pick<Kms, "usable"> = {
      usable: async (arn) => ({ arn, state: "Enabled", spec: "SYMMETRIC_DEFAULT", usage: "ENCRYPT_DECRYPT" }),
    };
    const eks: Pick<Eks, "cluster"> = { cluster: async () => undefined };
    const ec2 = memoryEc2(target, own, noFlowLogs, ledger, market(), account.peerings);
    const ports = { ec2, eks, kms, logs: memoryLogs(target, logged, ledger), ...stores.ports };
    clouds.set(name, connected(ports, target, ledger));
  }
  const made = { ledger, things, ...account, caches, graphs, logGroups, registries };
  return trialIn(made, (name) => clouds.get(name) as RegionWorld["aws"], resources, spec);
}

type MadeAccount = Pick<
  StoreTrial,
  "ledger" | "things" | "caches" | "graphs" | "logGroups" | "registries" | keyof MemoryAccount
>;

function trialIn(
  made: MadeAccount,
  awsIn: (region: string) => RegionWorld["aws"],
  resources: readonly AnyResource<RegionWorld>[],
  spec: Spec,
): StoreTrial {
  const platform = platformOf(spec);
  const worlds = platform.regions.map((region): RegionWorld => ({
    platform,
    region,
    aws: awsIn(region.name),
    cluster: () => Promise.reject(new Error("none")),
  }));
  const places = worlds.map((world) => ({
    region: world.region.name,
    world,
    isPrimary: world.region.primary === true,
  }));
  const nodes = resourceGraph(resources, places);
  const planOf = (of: typeof nodes): Promise<Plan> => makePlan(of, async () => undefined, signal);
  const plan: StoreTrial["plan"] = (regions) => {
    if (regions === undefined) return planOf(nodes);
    const isChosen = ({ region }: { readonly region: string | undefined }): boolean =>
      region === undefined || regions.includes(region);
    return planOf(resourceGraph(resources, places, { isChosen }));
  };
  const apply = async (of: typeof nodes, { changes, failures }: Plan): Promise<readonly StepResult[]> => {
    for (const failure of failures.values()) throw failure;
    const run = await beginRun(await openJournal(memoryLines(), "acme", clock()), "r1", {});
    const { results } = await applyPlan(of, changes, run, { clock: clock(), signal, report: () => undefined });
    for (const { error } of results) if (error !== undefined) throw error;
    return results;
  };
  return {
    ...made,
    with: (other) => trialIn(made, awsIn, resources, other),
    world: (name) => worlds.find(({ region }) => region.name === name) as RegionWorld,
    plan,
    pending: async () => {
      const { changes, failures } = await plan();
      for (const failure of failures.values()) throw failure;
      const open = changes.filter((change) => change.obstacle !== undefined || isPending(change));
      return Object.fromEntries(
        open.map(({ region = "platform", step, operations, obstacle }) => [
          `${region}/${step}`,
          obstacle === undefined ? operations : obstacle.reason,
        ]),
      );
    },
    bootstrap: async () => apply(nodes, await plan()),
    destroy: async () => {
      const all = resourceGraph(resources, places, { isWanted: () => false });
      const planned = await planOf(all);
      const results = await apply(all, planned);
      const stuck = results.find(({ outcome }) => outcome === "blocked");
      if (stuck !== undefined) throw new Error(stuck.summary);
      return planned.kept.map(({ what }) => what);
    },
  };
}

/** `regions` has what both regions have in gennet.yaml, `each` what one of them has, by its name. */
function platformOf({ regions = {}, each = {}, ...spec }: Spec): Platform {
  const common = { accountId, ...(regions as object) };
  const own = each as Readonly<Record<string, object>>;
  return platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    regions: [
      {
        name: "eu",
        awsRegion: "eu-west-1",
        cluster: "acme-eu",
        encryptionKey: keyIn("eu-west-1"),
        primary: true,
        ...common,
        ...own["eu"],
      },
      {
        name: "us",
        awsRegion: "us-east-1",
        cluster: "acme-us",
        encryptionKey: keyIn("us-east-1"),
        ...common,
        ...own["us"],
      },
    ],
    ...spec,
  });
}

function connected(ports: object, target: RegionWorld["aws"]["target"], ledger: AwsChanges): RegionWorld["aws"] {
  const identity = async (): Promise<{ accountId: string; arn: string }> => ({
    accountId,
    arn: "arn:aws:iam::1:user/a",
  });
  return {
    target,
    identity,
    verifyAccount: identity,
    eksToken: async () => "token",
    service: async (name) => ledger.mortal((ports as Record<string, object>)[name] ?? {}) as never,
    close: async () => undefined,
  };
}

function clock(): { now: () => number; sleep: (ms: number) => Promise<void> } {
  let now = 0;
  return { now: () => now, sleep: async (ms) => void (now += ms) };
}
