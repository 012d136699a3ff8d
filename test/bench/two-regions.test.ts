import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run as bootstrap } from "../../src/commands/region/bootstrap.run.ts";
import { worldsOf } from "../../src/commands/region/worlds.run.ts";
import type { Clock } from "../../src/core/clock.ts";
import { inOrder } from "../../src/core/graph.ts";
import type { ResourceNode } from "../../src/core/resource-graph.ts";
import { platformGraph } from "../../src/region/platform-graph.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { startAwsEndpoint, stubAwsEnvironment } from "../support/aws-endpoint.ts";
import { memoryCluster } from "../support/memory-cluster.ts";
import { realClock } from "../support/real-clock.ts";
import { endpointContext } from "../support/region-context.ts";

type Node = ResourceNode<RegionWorld>;

/** How much faster AWS's lifecycles, and the pauses between looks at them, are than in AWS. */
const scale = Number(process.env["BENCH_SCALE"] ?? 5);
const clock: Clock = {
  now: () => realClock.now() * scale,
  sleep: (ms, until) => realClock.sleep(ms / scale, until),
};
const input = { name: undefined, plan: undefined, only: [], except: [], adopt: false, dryRun: false, yes: true };

/**
 * Bootstraps two regions at the sandbox's AWS endpoint, and writes to the file BENCH_OUT how long that took, in
 * milliseconds of AWS's time.
 */
it("Two regions are bootstrapped", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gennet-bench-"));
  const endpoint = await startAwsEndpoint(scale, { servers: false });
  try {
    stubAwsEnvironment(endpoint);
    const { cluster } = memoryCluster("both");
    const context = await endpointContext(folder, platformOf(endpoint.accountId), { clock, cluster });
    const worlds = await worldsOf(await context.regions(), context);
    const begun = clock.now();
    const { exit, document } = await bootstrap(input, context);
    const wallMs = clock.now() - begun;
    await context.close();
    expect({ exit, findings: document.findings.filter(({ severity }) => severity !== "skip") }).toEqual({
      exit: 0,
      findings: [],
    });
    const took = new Map<string, number>();
    for (const { name, steps } of [{ name: "platform", steps: document.platform?.steps ?? [] }, ...document.regions])
      for (const { step, durationMs } of steps) took.set(`${name}/${step}`, durationMs);
    const nodes = inOrder(platformGraph(worlds));
    const chain = longestChain(nodes, took).map(({ id }) => ({ id, ms: took.get(id) ?? 0 }));
    const criticalMs = chain.reduce((sum, { ms }) => sum + ms, 0);
    const likeEksctls = document.regions.map(({ name }) => likeEksctl(nodes, name, took));
    const eksctl = {
      atOnceMs: Math.max(...likeEksctls),
      inTurnMs: likeEksctls.reduce((sum, ms) => sum + ms, 0),
    };
    const sameMs = longest(
      nodes.filter((node) => document.regions.some(({ name }) => eksctlParts(nodes, name).all.has(node))),
      took,
    );
    const figures = { scale, wallMs, criticalMs, chain, eksctl, sameMs };
    if (process.env["BENCH_OUT"] !== undefined) await writeFile(process.env["BENCH_OUT"], JSON.stringify(figures));
  } finally {
    await endpoint.stop();
    await rm(folder, { recursive: true });
  }
});

function platformOf(accountId: string): string {
  const region = (name: string, awsRegion: string, at: number): string =>
    `  - {name: ${name}, awsRegion: ${awsRegion}, accountId: "${accountId}", cluster: acme-${name}, primary: ${at === 0}, network: {cidr: 10.${at}.0.0/16}}`;
  return [
    "name: acme\ndomain: acme.example\nhostedZone: create\nregistry: {repositories: [orders]}",
    "stores: {postgres: {}, redis: {}}\nregions:",
    region("eu", "eu-west-1", 0),
    region("us", "us-east-1", 1),
    "",
  ].join("\n");
}

/** Returns the slowest chain of nodes that need each other, in their order. */
function longestChain(nodes: readonly Node[], took: ReadonlyMap<string, number>): readonly Node[] {
  const chains = new Map<Node, { readonly ms: number; readonly chain: readonly Node[] }>();
  const slowest = (among: readonly Node[]) =>
    among.reduce((found, node) => maxBy(found, chains.get(node) ?? none), none);
  for (const node of nodes) {
    const before = slowest(node.needs);
    chains.set(node, { ms: before.ms + (took.get(node.id) ?? 0), chain: [...before.chain, node] });
  }
  return slowest(nodes).chain;
}

const none = { ms: 0, chain: [] as readonly Node[] };

function maxBy(one: typeof none, other: typeof none): typeof none {
  return other.ms > one.ms ? other : one;
}

function longest(nodes: readonly Node[], took: ReadonlyMap<string, number>): number {
  return longestChain(nodes, took).reduce((sum, { id }) => sum + (took.get(id) ?? 0), 0);
}

interface EksctlParts {
  /** One CloudFormation stack: network, NAT, roles and control plane. */
  readonly stack: readonly Node[];
  readonly addons: readonly Node[];
  readonly nodeGroups: readonly Node[];
  readonly all: ReadonlySet<Node>;
}

/**
 * Returns what eksctl makes, by the task that makes it: its tasks are sequential, the stack of the control plane and then
 * that of the nodes (https://github.com/eksctl-io/eksctl/issues/1108, https://github.com/eksctl-io/eksctl/issues/2125).
 */
function eksctlParts(nodes: readonly Node[], region: string): EksctlParts {
  const own = nodes.filter((node) => node.region === region);
  const named = (pattern: RegExp): readonly Node[] => own.filter(({ resource }) => pattern.test(resource.id));
  const network =
    /^(vpc|subnets|internet-gateway|.*nat-(address|gateway).*|route.*|.*-routes?|cluster-role|node-role)$/;
  const stack = named(new RegExp(`${network.source}|^cluster$`));
  const addons = named(/^addon-/);
  const nodeGroups = named(/^node-(template|group)$/);
  return { stack, addons, nodeGroups, all: new Set([...stack, ...addons, ...nodeGroups]) };
}

/** Task after task; in a stack, CloudFormation works in parallel. */
function likeEksctl(nodes: readonly Node[], region: string, took: ReadonlyMap<string, number>): number {
  const { stack, addons, nodeGroups } = eksctlParts(nodes, region);
  const inTurn = addons.reduce((sum, { id }) => sum + (took.get(id) ?? 0), 0);
  return longest(stack, took) + inTurn + longest(nodeGroups, took);
}
