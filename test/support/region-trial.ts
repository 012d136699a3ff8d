import type { Clock } from "../../src/core/clock.ts";
import { setMaxListeners } from "node:events";
import type { z } from "zod";
import type { Aws } from "../../src/aws/port.ts";
import { AppError } from "../../src/core/error.ts";
import { exit, type Exit } from "../../src/core/exit.ts";
import type { Finding } from "../../src/core/finding.ts";
import { openJournal } from "../../src/core/journal.ts";
import { beginRun, type JournaledRun, type RunSettings } from "../../src/core/run.ts";
import { type Platform, platformSchema } from "../../src/platform/schema.ts";
import { bootstrapRegions } from "../../src/region/bootstrap.ts";
import type { Gate } from "../../src/core/gate.ts";
import { destroyCommand, destroyRegion, planDestruction } from "../../src/region/destroy.ts";
import { partToDestroy } from "../../src/region/destroy-scope.ts";
import { pendingIn, compareRegions } from "../../src/region/region-plan.ts";
import { platformSources } from "../../src/region/platform-sources.ts";
import type { BootstrappedPart } from "../../src/region/steps.ts";
import {
  changeVersion,
  planRollback,
  planUpgrade,
  type PlannedVersion,
} from "../../src/region/upgrade/change-version.ts";
import { upgradeReadiness } from "../../src/region/upgrade/readiness/index.ts";
import type { UpgradeRules } from "../../src/region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { callText } from "../../src/core/probe.ts";
import type { Prober } from "../../src/k8s/probe/port.ts";
import { type ComponentVersions, versions } from "../../src/region/components/versions.ts";
import { inventoryOf } from "./inventory.ts";
import { type MemoryAws, memoryAws } from "./memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "./memory-cluster.ts";
import { shortManifests, withArgoCd } from "./memory-argocd.ts";
import { type MemoryGit, memoryGit } from "./memory-git.ts";
import { memoryLines } from "./memory-lines.ts";
import { type MemoryAccount, memoryAccount } from "./memory-stores.ts";
import { type CallFate, type Kill, type ProcessCall, type ProcessCalls, processCalls } from "./process-calls.ts";
import { virtualClock } from "./virtual-clock.ts";

/** How a run ended, as its caller sees it. */
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

/** Does something in its own process. Throws ProcessKilled if the process is killed. */
export type TrialRun = (fate?: CallFate, kill?: Kill) => Promise<TrialEnd>;

/** A platform in memory that is planned and applied by processes, each of which may be disturbed or killed. */
export interface RegionTrial {
  readonly clock: Clock;
  readonly sites: readonly TrialSite[];
  /** The GitOps repository of all regions. */
  readonly repository: MemoryGit;
  /** Changes gennet.yaml. */
  edit(change: (keys: PlatformKeys) => PlatformKeys): void;
  /** Continues with a release of gennet that has other versions of components. */
  upgradeGennet(changed: Partial<ComponentVersions>): void;
  /** Plans all regions and applies the plan. */
  readonly bootstrap: TrialRun;
  /** Plans the destruction of the last region, and makes it. */
  readonly destroy: TrialRun;
  /** Upgrades every region to the version of gennet.yaml, one after the other. */
  readonly upgrade: TrialRun;
  /** Rolls back the first region. */
  readonly rollBack: TrialRun;
  /** Makes regions unhealthy as long as their control plane has this version. */
  failWith(version: string): void;
  /** Returns how many changes an upgrade would make. */
  upgradesLeft(): Promise<number>;
  /** Returns how many changes a rollback would make. */
  rollbacksLeft(): Promise<number>;
  /** Returns how many changes are pending. */
  pending(): Promise<number>;
  /** Returns how many changes the destruction of the last region would make. */
  left(): Promise<number>;
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
  stores: { postgres: { writes: "forward" }, redis: {}, graph: "neptune" },
};

const endpoints = ["ecr.api", "sts"];
const regions: readonly RegionKeys[] = [
  { name: "eu", awsRegion: "eu-west-1", accountId, cluster: "acme-eu", primary: true, network: { endpoints } },
  {
    name: "us",
    awsRegion: "us-east-1",
    accountId,
    cluster: "acme-us",
    network: { cidr: "10.1.0.0/16", nat: "regional", endpoints },
  },
];

/** Returns a platform of one or two regions, of which nothing exists yet. */
export function regionTrial(count: 1 | 2 = 1): RegionTrial {
  const clock = virtualClock();
  const account = memoryAccount();
  let release = versions;
  let keys: PlatformKeys = { ...everything, regions: regions.slice(0, count) };
  const repository = memoryGit(shortManifests);
  const sites = keys.regions.map((region) =>
    siteOf(region, { account, repository, clock, platform: () => platformSchema.parse(keys), released: () => release }),
  );
  const last = sites.at(-1)?.cloud.aws.target.name ?? "";
  const worlds = (): readonly RegionWorld[] => sites.map(({ world }) => world());
  const begin = async (): Promise<readonly [JournaledRun, RunSettings, AbortSignal]> => {
    const signal = patientSignal();
    const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
    return [run, { clock, signal, report: () => undefined }, signal];
  };
  const bootstrap = async (own: readonly RegionWorld[]): Promise<Ended> => {
    const [run, settings, signal] = await begin();
    const plan = await compareRegions(own, signal);
    // A region without a plan is left alone, as the command does.
    const read = { regions: plan.regions.map(({ name }) => name) };
    const done = await bootstrapRegions(own, plan, run, settings, read);
    const unread = plan.findings.length > 0 && done.exit === exit.ok ? exit.unreachable : done.exit;
    const parts = [...(done.platform === undefined ? [] : [done.platform]), ...done.regions];
    return ended(unread, parts, [...plan.findings, ...done.findings]);
  };
  const destroy = async (own: readonly RegionWorld[]): Promise<Ended> => {
    const [run, settings, signal] = await begin();
    const part = await partToDestroy(own, { region: last, except: [] }, signal);
    const { plan } = await planDestruction(own, part, signal);
    const { exit: code, document } = await destroyRegion(own, part, plan, run, settings);
    const parts = [...(document.platform === undefined ? [] : [document.platform]), document];
    const end = ended(code, parts, [...plan.findings, ...document.findings]);
    // What is left is listed, and the next step is the same command.
    return { ...end, next: [...end.next, ...document.left.map(() => destroyCommand(last))] };
  };
  let failing: string | undefined;
  const healthOf = (name: string): Gate => ({
    id: "health",
    evaluate: async () => {
      const cloud = sites.find((site) => site.world().region.name === name)?.cloud;
      const isFailing = [...(cloud?.clusters.values() ?? [])].some(({ version }) => version === failing);
      return { answer: isFailing ? "fail" : "pass", findings: [] };
    },
  });
  const rulesOf = ({ region }: RegionWorld): UpgradeRules => ({
    bakeMs: 60 * 60_000,
    acting: { clock, health: healthOf(region.name), readiness: upgradeReadiness, waiting: () => undefined },
  });
  const planned = (kind: "upgrade" | "rollback", world: RegionWorld): Promise<PlannedVersion> =>
    kind === "upgrade"
      ? planUpgrade(world, rulesOf(world), patientSignal())
      : planRollback(world, rulesOf(world), patientSignal());
  /** An upgrade is of every region, a rollback of the first one. */
  const changedBy = (kind: "upgrade" | "rollback", all: readonly RegionWorld[]): readonly RegionWorld[] =>
    kind === "upgrade" ? all : all.slice(0, 1);
  const changing =
    (kind: "upgrade" | "rollback") =>
    async (own: readonly RegionWorld[]): Promise<Ended> => {
      const [run, settings] = await begin();
      let last: Ended = { exit: exit.ok, codes: [], next: [] };
      for (const world of changedBy(kind, own)) {
        const done = await changeVersion(await planned(kind, world), rulesOf(world), run, settings);
        last = ended(done.exit, [done.changed], done.findings);
        if (last.exit !== exit.ok) break;
      }
      return last;
    };
  const versionsLeft = async (kind: "upgrade" | "rollback"): Promise<number> => {
    let left = 0;
    for (const world of changedBy(kind, worlds())) {
      left += pendingIn((await planned(kind, world)).plan);
    }
    return left;
  };
  const asProcess =
    (work: (own: readonly RegionWorld[]) => Promise<Ended>): TrialRun =>
    async (fate, kill) => {
      const calls = processCalls(clock, fate, kill);
      const prober = calls.through("prober", trialProber, () => 0);
      const git = calls.through("git", repository.git, repository.changes);
      const sources = platformSources({ git, clock, prober: async () => prober });
      const own = sites.map((site) => ({ ...seenBy(calls, site), sources }));
      try {
        return { ...(await work(own)), calls: calls.made };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { exit: error.exit, codes: [error.code], next: [error.next[0] ?? ""], calls: calls.made };
      }
    };
  return {
    clock,
    sites,
    repository,
    edit: (change) => void (keys = change(keys)),
    upgradeGennet: (changed) => void (release = { ...release, ...changed }),
    bootstrap: asProcess(bootstrap),
    destroy: asProcess(destroy),
    upgrade: asProcess(changing("upgrade")),
    rollBack: asProcess(changing("rollback")),
    failWith: (version) => void (failing = version),
    upgradesLeft: () => versionsLeft("upgrade"),
    rollbacksLeft: () => versionsLeft("rollback"),
    pending: async () => pendingIn(await compareRegions(worlds(), patientSignal())),
    left: async () => {
      const signal = patientSignal();
      const part = await partToDestroy(worlds(), { region: last, except: [] }, signal);
      return pendingIn((await planDestruction(worlds(), part, signal)).plan);
    },
    inventory: () => [
      ...sites.flatMap(({ cloud, kube }) =>
        inventoryOf(cloud, account, kube).map((line) => `${cloud.aws.target.name}: ${line}`),
      ),
      ...repository
        .history()
        .map(({ message }) => `commit ${message}`)
        .toSorted(),
      ...[...(repository.history().at(-1)?.files ?? [])].map(([path, text]) => `file ${path}: ${text}`).toSorted(),
    ],
  };
}

type Ended = Omit<TrialEnd, "calls">;

function ended(code: Exit, parts: readonly BootstrappedPart[], findings: readonly Finding[]): Ended {
  const codes = parts.flatMap(({ steps }) => steps.flatMap((step) => step.code ?? []));
  return { exit: code, codes, next: findings.map(({ fix }) => fix ?? "") };
}

interface TrialGround {
  readonly account: MemoryAccount;
  readonly repository: MemoryGit;
  readonly clock: Clock;
  readonly platform: () => Platform;
  readonly released: () => ComponentVersions;
}

/** Everything that pods call answers. */
const trialProber: Pick<Prober, "probe"> = {
  probe: async (calls) =>
    calls.map((call) => ({ call: callText(call), outcome: "ok", summary: "answers", status: 200, durationMs: 5 })),
};

function siteOf(
  { name, awsRegion }: RegionKeys,
  { account, repository, clock, platform, released }: TrialGround,
): TrialSite {
  const cloud = memoryAws({ name, awsRegion, accountId }, account, clock.now);
  const kube = memoryCluster(name);
  let applied = 0;
  const working = withArgoCd(kube, repository, () => cloud.capabilities.size > 0);
  const counted: MemoryCluster["cluster"] = {
    ...working,
    apply: async (object, options, signal) => {
      if (options.dryRun !== true) applied++;
      return working.apply(object, options, signal);
    },
    patch: async (ref, patch, options, signal) => {
      if (options.dryRun !== true) applied++;
      return working.patch(ref, patch, options, signal);
    },
  };
  return {
    cloud,
    kube,
    world: () => {
      const whole = platform();
      const region = whole.regions.find((each) => each.name === name);
      if (region === undefined) throw new Error(`gennet.yaml has no region ${name}`);
      const { git } = repository;
      const sources = platformSources({ git, clock, prober: async () => trialProber });
      const { now } = clock;
      return {
        platform: whole,
        region,
        aws: cloud.aws,
        now,
        sources,
        versions: released(),
        cluster: async () => counted,
      };
    },
    applied: () => applied,
  };
}

/** Returns the world of a site for one process: each of its calls is one of `calls`. */
export function seenBy(calls: ProcessCalls, { cloud, world, applied }: TrialSite): RegionWorld {
  const seen = world();
  const { aws, cluster, region } = seen;
  const caller = { identity: aws.identity, verifyAccount: aws.verifyAccount };
  const identity = calls.through("sts", caller, cloud.changes, region.name);
  const through: Aws = {
    ...aws,
    identity: identity.identity,
    verifyAccount: identity.verifyAccount,
    service: async (service) => calls.through(service, await aws.service(service), cloud.changes, region.name),
  };
  const reached: RegionWorld["cluster"] = async () =>
    calls.through("kubernetes", await cluster(), applied, region.name);
  return { ...seen, aws: through, cluster: reached };
}

/** Returns a signal that more calls wait for at once than Node expects. */
export function patientSignal(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}
