import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { run as bootstrap } from "../../src/commands/region/bootstrap.run.ts";
import type { Context } from "../../src/context.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { type AwsEndpoint, startAwsEndpoint, stubAwsEnvironment } from "../support/aws-endpoint.ts";
import { emulator } from "../support/emulator.ts";
import { memoryCluster } from "../support/memory-cluster.ts";
import { endpointContext } from "../support/region-context.ts";
import { tenfoldClock as clock } from "../support/tenfold-clock.ts";

const input = { name: undefined, plan: undefined, only: [], except: [], adopt: false, dryRun: false, yes: true };

let folder: string;
let endpoint: AwsEndpoint;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-unchanged-"));
  endpoint = await startAwsEndpoint(300, { servers: false });
  stubAwsEnvironment(endpoint);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint.stop();
  await rm(folder, { recursive: true });
});

function contextOf(cluster: Cluster): Promise<Context> {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "${endpoint.accountId}", cluster: acme-eu}`;
  const stores = "stores: {postgres: {}, redis: {}}\nregistry: {repositories: [orders]}\nhostedZone: create";
  const text = `name: acme\ndomain: acme.example\nstate: bucket\n${stores}\nregions:\n  - ${region}\n`;
  return endpointContext(folder, text, { clock, cluster });
}

describe("a region as in gennet.yaml", () => {
  it("A bootstrap that finds nothing to change sends AWS no mutating request, with its journal in a bucket", async () => {
    const log = emulator(endpoint.url);
    const { cluster } = memoryCluster("eu");
    const first = await contextOf(cluster);
    const made = await bootstrap(input, first);
    await first.close();
    expect({ exit: made.exit, findings: made.document.findings }).toEqual({ exit: 0, findings: [] });
    const { items, next } = await log.requests();
    expect(items.filter(({ mutating }) => mutating).length).toBeGreaterThan(100);
    const second = await contextOf(cluster);
    const again = await bootstrap(input, second);
    await second.close();
    expect({ exit: again.exit, changes: again.document.regions[0]?.changes }).toEqual({ exit: 0, changes: 0 });
    const { items: asked } = await log.requests(next);
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter(({ mutating }) => mutating)).toEqual([]);
  });
});
