import { setMaxListeners } from "node:events";
import type { z } from "zod";
import type { Aws } from "../../src/aws/port.ts";
import { AppError } from "../../src/core/error.ts";
import { exit, type Exit } from "../../src/core/exit.ts";
import { openJournal } from "../../src/core/journal.ts";
import { beginRun } from "../../src/core/run.ts";
import { type Platform, platformSchema } from "../../src/platform/schema.ts";
import { bootstrapRegions } from "../../src/region/bootstrap.ts";
import { pendingIn, planRegions } from "../../src/region/region-plan.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { inventoryOf } from "./inventory.ts";
import { type MemoryAws, memoryAws } from "./memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "./memory-cluster.ts";
import { memoryLines } from "./memory-lines.ts";
import { type CallFate, type Kill, type ProcessCall, type ProcessCalls, processCalls } from "./process-calls.ts";
import { virtualClock } from "./virtual-clock.ts";

/** How a run of `region bootstrap` ended, as its caller sees it. */
export interface TrialEnd {
  readonly exit: Exit;
  /** The codes of its errors. */
  readonly codes: readonly string[];
  /** The next step of each finding; empty if there is none. */
  readonly next: readonly string[];
  readonly calls: readonly ProcessCall[];
}

/** A region of a trial: its AWS and its API server, both in memory. */
export interface TrialSite {
  readonly cloud: MemoryAws;
  readonly kube: MemoryCluster;
  /** The region as gennet.yaml has it now. */
  world(): RegionWorld;
  /** How many changes the API server has accepted. */
  applied(): number;
}

/** A platform in memory that is planned and applied by processes, each of which may be disturbed or killed. */
export interface RegionTrial {
  readonly sites: readonly TrialSite[];
  /** Changes keys of gennet.yaml: of the platform, and of each of its regions. */
  edit(platform: Partial<PlatformKeys>, region: Partial<RegionKeys>): void;
  /** Plans the regions and applies the plan. Throws ProcessKilled if the process is killed. */
  bootstrap(fate?: CallFate, kill?: Kill): Promise<TrialEnd>;
  /** Returns how many changes are pending. */
  pending(): Promise<number>;
  /** Returns everything that exists, without what differs from run to run. */
  inventory(): readonly string[];
}

type PlatformKeys = z.input<typeof platformSchema>;
type RegionKeys = PlatformKeys["regions"][number];

const accountId = "111122223333";

/** Everything that a platform can have, without its regions. */
export const everything: Omit<PlatformKeys, "regions"> = {
  name: "acme",
  domain: "acme.example",
  gitops: { repository: "https://git.example/platform.git" },
  registry: { repositories: ["orders"] },
  hostedZone: "create",
  stores: { postgres: {}, redis: {}, graph: "neptune" },
};

const regions: readonly RegionKeys[] = [
  { name: "eu", awsRegion: "eu-west-1", accountId, cluster: "acme-eu", primary: true },
  { name: "us", awsRegion: "us-east-1", accountId, cluster: "acme-us", network: { cidr: "10.1.0.0/16" } },
];

/** Returns a platform of one or two regions, of which nothing exists yet. */
export function regionTrial(count: 1 | 2 = 1): RegionTrial {
  const clock = virtualClock();
  let keys: PlatformKeys = { ...everything, regions: regions.slice(0, count) };
  const sites = keys.regions.map((region) => siteOf(region, () => platformSchema.parse(keys)));
  const apply = async (worlds: readonly RegionWorld[]): Promise<Omit<TrialEnd, "calls">> => {
    const signal = patientSignal();
    const plan = await planRegions(worlds, signal);
    const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
    const done = await bootstrapRegions(worlds, plan, run, { clock, signal, report: () => undefined });
    const findings = [...plan.findings, ...done.findings];
    const codes = done.regions.flatMap(({ steps }) => steps.flatMap(({ code }) => code ?? []));
    const unread = plan.findings.length > 0 && done.exit === exit.ok ? exit.unreachable : done.exit;
    return { exit: unread, codes, next: findings.map(({ fix }) => fix ?? "") };
  };
  return {
    sites,
    edit: (platform, region) => {
      keys = { ...keys, ...platform, regions: keys.regions.map((each) => ({ ...each, ...region })) };
    },
    bootstrap: async (fate, kill) => {
      const calls = processCalls(clock, fate, kill);
      const own = sites.map((site) => seenBy(calls, site));
      try {
        return { ...(await apply(own)), calls: calls.made };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { exit: error.exit, codes: [error.code], next: [error.next[0] ?? ""], calls: calls.made };
      }
    },
    pending: async () => {
      const worlds = sites.map(({ world }) => world());
      return pendingIn(await planRegions(worlds, patientSignal()));
    },
    inventory: () =>
      sites.flatMap(({ cloud, kube }) => inventoryOf(cloud, kube).map((line) => `${cloud.aws.target.name}: ${line}`)),
  };
}

function siteOf({ name, awsRegion }: RegionKeys, platform: () => Platform): TrialSite {
  const cloud = memoryAws({ name, awsRegion, accountId });
  const kube = memoryCluster(name);
  let applied = 0;
  const counted: MemoryCluster["cluster"] = {
    ...kube.cluster,
    apply: async (object, options, signal) => {
      if (options.dryRun !== true) applied++;
      return kube.cluster.apply(object, options, signal);
    },
  };
  return {
    cloud,
    kube,
    world: () => {
      const whole = platform();
      const region = whole.regions.find((each) => each.name === name);
      if (region === undefined) throw new Error(`gennet.yaml has no region ${name}`);
      return { platform: whole, region, aws: cloud.aws, cluster: async () => counted };
    },
    applied: () => applied,
  };
}

/** Returns the world of a site for one process: each of its calls is one of `calls`. */
function seenBy(calls: ProcessCalls, { cloud, world, applied }: TrialSite): RegionWorld {
  const seen = world();
  const { aws, cluster } = seen;
  const identity = calls.through("sts", { identity: aws.identity, verifyAccount: aws.verifyAccount }, cloud.changes);
  const through: Aws = {
    ...aws,
    identity: identity.identity,
    verifyAccount: identity.verifyAccount,
    service: async (service) => calls.through(service, await aws.service(service), cloud.changes),
  };
  return { ...seen, aws: through, cluster: async () => calls.through("kubernetes", await cluster(), applied) };
}

/** Returns a signal that more calls wait for at once than Node expects. */
export function patientSignal(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

/** A run that stopped as the contract allows: not allowed, unreachable, or timed out. */
export const honestStops: ReadonlySet<Exit> = new Set([exit.denied, exit.unreachable, exit.timedOut]);

/** What a run has to do, by its name: prepares a trial for it. */
export const journeys: readonly (readonly [name: string, prepare: (trial: RegionTrial) => Promise<void>])[] = [
  ["a bootstrap", async () => undefined],
  [
    "a change of gennet.yaml",
    async (trial) => {
      await trial.bootstrap();
      trial.edit(
        { stores: { redis: { replicas: 2 } } },
        {
          nodes: { min: 1, desired: 4, max: 8 },
          kubernetes: { logs: ["api", "audit", "authenticator", "scheduler"], deletionProtection: false },
        },
      );
    },
  ],
];
