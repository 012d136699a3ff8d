import { exit, type Exit } from "../../src/core/exit.ts";
import { policyOf } from "../../src/core/iam-policy.ts";
import { bringByEks } from "./eks-argocd.ts";
import { othersVpc } from "./given-vpc.ts";
import { zonesIn } from "./memory-vpc.ts";
import { runMeshedWorkloads } from "./meshed-workloads.ts";
import { type RegionTrial, regionTrial, type TrialEnd } from "./region-trial.ts";

/** What a run has to do. */
export interface Journey {
  readonly name: string;
  /** How many regions the platform has. */
  readonly regions: 1 | 2;
  /** Returns a platform on which the run can begin. */
  prepared(): Promise<RegionTrial>;
  run(trial: RegionTrial, ...disturbance: Parameters<RegionTrial["bootstrap"]>): Promise<TrialEnd>;
  /** Returns how many changes another run would make. */
  due(trial: RegionTrial): Promise<number>;
  /** How a run may stop: not allowed, unreachable, timed out; or with a report of what is left. */
  readonly stops: ReadonlySet<Exit>;
}

const stops = [exit.denied, exit.unreachable, exit.timedOut];
/** What could not be read when the plan was made was not agreed to, so a run that can read it stops. */
const stopsBeyondPlan: ReadonlySet<Exit> = new Set([...stops, exit.conflict]);

type Kind = Omit<Journey, "regions" | "prepared"> & {
  prepare(trial: RegionTrial): Promise<void>;
  /** Set if nothing in it is about another region. */
  readonly isOfOne?: true;
};

const bootstrapping: Pick<Kind, "run" | "due" | "stops"> = {
  run: (trial, fate, kill) => trial.bootstrap(fate, kill),
  due: (trial) => trial.pending(),
  stops: new Set(stops),
};

const kinds: readonly Kind[] = [
  { ...bootstrapping, name: "a bootstrap", prepare: async () => undefined },
  {
    ...bootstrapping,
    name: "a change of gennet.yaml",
    async prepare(trial) {
      // A protected database is not removed.
      trial.edit((keys) => ({
        ...keys,
        stores: {
          ...keys.stores,
          postgres: { writes: "forward", deletionProtection: false },
          neptune: { version: "1.4.6.3", replicas: 2 },
        },
      }));
      await trial.bootstrap();
      changeGennetYaml(trial);
    },
    stops: stopsBeyondPlan,
  },
  {
    ...bootstrapping,
    name: "a bootstrap with a VPC and a key that gennet.yaml gives",
    prepare: giveNetworkAndKey,
  },
  {
    ...bootstrapping,
    name: "a bootstrap that brings the platform",
    async prepare(trial) {
      trial.edit((keys) => ({ ...keys, stores: { ...keys.stores, graph: "none" } }));
      await trial.bootstrap();
      bringPlatform(trial);
      trial.edit((keys) => ({ ...keys, stores: { ...keys.stores, graph: "neo4j" } }));
    },
    stops: stopsBeyondPlan,
  },
  {
    ...bootstrapping,
    name: "a change of the platform",
    async prepare(trial) {
      bringPlatform(trial);
      await trial.bootstrap();
      trial.repository.push({ "services/orders.yaml": "of a team" });
      trial.edit((keys) => ({
        ...keys,
        platform: { mirror, tracing: { endpoint: "https://spans.acme.example" }, istio: "external" },
      }));
    },
  },
  {
    ...bootstrapping,
    name: "an upgrade of the platform's components",
    isOfOne: true,
    async prepare(trial) {
      bringPlatform(trial);
      await trial.bootstrap();
      for (const { kube } of trial.sites) runMeshedWorkloads(kube);
      trial.upgradeGennet({ istio: "1.31.1", collector: "0.163.0" });
    },
    stops: stopsBeyondPlan,
  },
  {
    ...bootstrapping,
    name: "a bootstrap with the Argo CD of EKS",
    isOfOne: true,
    async prepare(trial) {
      await trial.bootstrap();
      bringByEks(trial);
    },
    stops: stopsBeyondPlan,
  },
  {
    name: "a destruction",
    async prepare(trial) {
      await trial.bootstrap();
      // A controller in the cluster keeps a load balancer for it.
      const metadata = { name: "public", namespace: "acme" };
      for (const { kube } of trial.sites) {
        kube.store({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer" } });
      }
    },
    run: (trial, fate, kill) => trial.destroy(fate, kill),
    due: (trial) => trial.left(),
    stops: new Set([...stops, exit.unhealthy]),
  },
  {
    name: "an upgrade",
    async prepare(trial) {
      await trial.bootstrap();
      askFor(trial, "1.35");
    },
    run: (trial, fate, kill) => trial.upgrade(fate, kill),
    due: (trial) => trial.upgradesLeft(),
    stops: new Set(stops),
  },
  {
    name: "a rollback",
    async prepare(trial) {
      await trial.bootstrap();
      askFor(trial, "1.35");
      // Nothing is wrong with it before.
      trial.failWith("1.35");
      await trial.upgrade();
      // A person has updated the add-ons.
      for (const { addons } of trial.sites.map(({ cloud }) => cloud).slice(0, 1)) {
        for (const [name, addon] of addons) addons.set(name, { ...addon, version: "v1.35.1" });
      }
    },
    run: (trial, fate, kill) => trial.rollBack(fate, kill),
    due: (trial) => trial.rollbacksLeft(),
    stops: new Set(stops),
  },
];

/** Every kind of run, of one region and of two. */
export const journeys: readonly Journey[] = kinds.flatMap(({ prepare, isOfOne, ...kind }) =>
  (isOfOne === true ? ([1] as const) : ([1, 2] as const)).map((regions) => ({
    ...kind,
    name: `${kind.name} with ${regions === 1 ? "one region" : "two regions"}`,
    regions,
    prepared: async () => {
      const trial = regionTrial(regions);
      await prepare(trial);
      return trial;
    },
  })),
);

const mirror = "https://git.example/mirror.git";

function bringPlatform(trial: RegionTrial): void {
  trial.edit((keys) => ({ ...keys, platform: { mirror, tracing: { endpoint: "https://otlp.acme.example" } } }));
}

function askFor(trial: RegionTrial, version: string): void {
  trial.edit((keys) => ({ ...keys, regions: keys.regions.map((region) => ({ ...region, kubernetes: { version } })) }));
}

/** Puts a VPC and a key of another team into each region, and gives them in gennet.yaml. */
async function giveNetworkAndKey(trial: RegionTrial): Promise<void> {
  const { signal } = new AbortController();
  // Forwarding would change the routes of others.
  trial.edit((keys) => ({
    ...keys,
    stores: { ...keys.stores, postgres: { ...keys.stores?.postgres, writes: "read-only" } },
  }));
  for (const { cloud } of trial.sites) {
    const { name, awsRegion } = cloud.aws.target;
    const [, one, two] = zonesIn(awsRegion);
    const { network } = await othersVpc(cloud, [one?.id ?? "", two?.id ?? ""]);
    const key = { description: "shared", policy: policyOf(), tags: { owner: "security-team" } };
    const id = await (await cloud.aws.service("kms")).createKey(key, signal);
    const encryptionKey = cloud.keys.get(id)?.arn ?? "";
    trial.edit((keys) => ({
      ...keys,
      regions: keys.regions.map((region) =>
        region.name === name
          ? { ...region, encryptionKey, network: { ...network, endpoints: region.network?.endpoints } }
          : region,
      ),
    }));
  }
}

/** Adds, changes and removes something of every kind. */
function changeGennetYaml(trial: RegionTrial): void {
  trial.edit((before) => {
    const { hostedZone: _, ...keys } = before;
    return {
      ...keys,
      state: "bucket",
      registry: { repositories: ["orders", "payments"] },
      stores: {
        redis: { replicas: 2 },
        graph: "neptune",
        neptune: { instance: "db.r6g.large", replicas: 0, backupDays: 3, deletionProtection: false },
      },
      regions: keys.regions.map((region) => ({
        ...region,
        nodes: { min: 1, desired: 4, max: 8, diskGb: 80 },
        kubernetes: { logs: ["api", "audit", "authenticator", "scheduler"], deletionProtection: false },
        network: { ...region.network, endpoints: ["sts", "logs"], flowLogs: false },
      })),
    };
  });
}
