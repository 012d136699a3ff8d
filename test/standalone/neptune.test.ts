import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { run as bootstrap } from "../../src/commands/region/bootstrap.run.ts";
import { run as destroy } from "../../src/commands/region/destroy.run.ts";
import { run as planRegion } from "../../src/commands/region/plan.run.ts";
import type { Context } from "../../src/context.ts";
import type { RegionPlan } from "../../src/region/region-plan.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { type AwsEndpoint, startAwsEndpoint, stubAwsEnvironment } from "../support/aws-endpoint.ts";
import { run } from "../support/cli.ts";
import { memoryCluster } from "../support/memory-cluster.ts";
import { referees } from "../support/referees.ts";
import { endpointContext } from "../support/region-context.ts";
import { tenfoldClock as clock } from "../support/tenfold-clock.ts";

const all = { name: undefined, only: [], except: [], adopt: false };
const making = { ...all, plan: undefined, dryRun: false, yes: true };
const removing = { name: "eu", confirm: "eu", except: [], dryRun: false };
const id = "acme-eu-neptune";

let folder: string;
let endpoint: AwsEndpoint;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-neptune-"));
  endpoint = await startAwsEndpoint(300, { servers: false });
  stubAwsEnvironment(endpoint);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint.stop();
  await rm(folder, { recursive: true });
});

/** Does something in a process that begins with gennet.yaml. */
async function inGennet<T>(cluster: Cluster, work: (context: Context) => Promise<T>): Promise<T> {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "${endpoint.accountId}", cluster: acme-eu}`;
  const stores = "stores: {graph: neptune, neptune: {replicas: 1}}";
  const text = `name: acme\ndomain: acme.example\nstate: local\n${stores}\nregions:\n  - ${region}\n`;
  const context = await endpointContext(folder, text, { clock, cluster });
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}

/** Asks with the AWS CLI. */
async function aws(...words: string[]): Promise<unknown> {
  const { aws: program } = await referees();
  const asked = ["neptune", ...words, "--region", "eu-west-1", "--output", "json"];
  const { exit, stdout, stderr } = await run(program, asked, { env: { ...process.env, ...endpoint.env } });
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  return stdout === "" ? undefined : JSON.parse(stdout);
}

async function pending(cluster: Cluster): Promise<RegionPlan["regions"][number]["changes"]> {
  const { document } = await inGennet(cluster, (context) => planRegion({ ...all, out: undefined }, context));
  return document.regions.flatMap(({ changes }) => changes.filter(({ operations }) => operations.length > 0));
}

it("Neptune is built, a change by hand is planned and undone, and a destruction leaves its final snapshot", async () => {
  const { cluster } = memoryCluster("eu");
  const made = await inGennet(cluster, (context) => bootstrap(making, context));
  expect({ exit: made.exit, findings: made.document.findings }).toEqual({ exit: 0, findings: [] });
  expect(await pending(cluster)).toEqual([]);
  const query = ["--query", "DBClusters[].[DBClusterIdentifier,Status,length(DBClusterMembers)]"];
  expect(await aws("describe-db-clusters", ...query)).toEqual([[id, "available", 2]]);

  const change = ["--backup-retention-period", "1", "--no-enable-iam-database-authentication"];
  await aws("modify-db-cluster", "--db-cluster-identifier", id, ...change, "--apply-immediately");
  const seen = await pending(cluster);
  expect(seen.map(({ step, operations }) => [step, operations.map(({ field }) => field)])).toEqual([
    ["neptune-settings", ["days of backups", "IAM authentication"]],
  ]);
  expect((await inGennet(cluster, (context) => bootstrap(making, context))).exit).toBe(0);
  expect(await pending(cluster)).toEqual([]);

  const { exit, document } = await inGennet(cluster, (context) => destroy(removing, context));
  expect({ exit, findings: document.findings }).toEqual({ exit: 0, findings: [] });
  const kept = JSON.stringify(document);
  expect(await aws("describe-db-clusters", "--query", "DBClusters[].DBClusterIdentifier")).toEqual([]);
  expect(await aws("describe-db-instances", "--query", "DBInstances[].DBInstanceIdentifier")).toEqual([]);
  const left = await aws(
    "describe-db-cluster-snapshots",
    "--query",
    "DBClusterSnapshots[].DBClusterSnapshotIdentifier",
  );
  expect(left).toEqual([expect.stringContaining(`${id}-final-cluster-`) as string]);
  expect(kept).toContain(`Neptune snapshot ${String((left as string[])[0])}`);
}, 300_000);
