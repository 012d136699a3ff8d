import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../../../test/support/memory-cluster.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Cluster } from "../../k8s/port.ts";
import { run as bootstrap } from "./bootstrap.run.ts";
import { run as status } from "./status.run.ts";

const accountId = "111122223333";
const input = { name: "us", plan: undefined, only: [], except: [], adopt: false, dryRun: false, yes: true };
const silence = new AppError("KUBE_UNREACHABLE", "The API server of us did not answer.", { next: ["gennet doctor"] });
const unknown = {
  id: "region/plan",
  severity: "unknown",
  region: "us",
  subject: "what is in the cluster of region us",
  summary: silence.message,
  fix: "gennet doctor",
};
let folder: string;
let us: MemoryAws;
let kube: MemoryCluster;
let isSilent: boolean;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-silent-cluster-"));
  us = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
  kube = memoryCluster("us");
  isSilent = false;
});
afterEach(() => rm(folder, { recursive: true }));

async function context(): Promise<Context> {
  const region = `{name: us, awsRegion: us-east-1, accountId: "${accountId}", cluster: acme-us}`;
  const text = `name: acme\ndomain: acme.example\nregions:\n  - ${region}\n`;
  const { get, serves, apply } = kube.cluster;
  const heard =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (isSilent) throw silence;
      return call(...args);
    };
  const cluster: Cluster = {
    ...kube.cluster,
    get: heard(get),
    serves: heard(serves),
    apply: heard(apply),
  };
  const made = await regionContext(folder, text, { us: { aws: us.aws, cluster } });
  return made.over({ host: { ...made.host, clock: virtualClock() } });
}

/** Changes the cluster by hand. */
function disturb(): void {
  const own = us.clusters.get("acme-us");
  if (own === undefined) throw new Error("there is no cluster");
  us.clusters.set("acme-us", { ...own, logging: ["api"] });
}

it("While the API server does not answer, a bootstrap makes what does not need it, and exits with 5", async () => {
  await bootstrap(input, await context());
  const logging = us.clusters.get("acme-us")?.logging;
  disturb();
  const [removed] = nonEmpty([...kube.objects.keys()].filter((key) => key.includes("Namespace")));
  kube.objects.delete(removed);
  isSilent = true;
  const { exit, document } = await bootstrap(input, await context());
  expect(exit).toBe(5);
  expect(us.clusters.get("acme-us")?.logging).toEqual(logging);
  expect(document.findings).toEqual([expect.objectContaining(unknown)]);
  const done = nonEmpty(document.regions[0]?.steps ?? []);
  expect(done.filter(({ outcome }) => outcome !== "unchanged").map(({ step }) => step)).toEqual(["cluster"]);
  expect(done.map(({ step }) => step)).not.toContain("namespaces");
  isSilent = false;
  const again = await bootstrap(input, await context());
  expect({ exit: again.exit, changes: again.document.regions[0]?.changes }).toEqual({ exit: 0, changes: 1 });
  expect([...kube.objects.keys()]).toContain(removed);
});

it("If nothing else is due while the API server does not answer, nothing is changed, and the exit code is 5", async () => {
  await bootstrap(input, await context());
  const made = us.changes();
  isSilent = true;
  const { exit, document } = await bootstrap(input, await context());
  expect({ exit, changes: us.changes() - made }).toEqual({ exit: 5, changes: 0 });
  expect(document.findings).toEqual([expect.objectContaining(unknown)]);
});

it("The status of a region whose API server does not answer shows what AWS has of it", async () => {
  await bootstrap(input, await context());
  disturb();
  isSilent = true;
  const { exit, document } = await status({ name: "us", strict: false }, await context());
  expect(exit).toBe(5);
  expect(document.findings).toContainEqual(expect.objectContaining(unknown));
  const resources = nonEmpty(document.regions[0]?.resources ?? []);
  expect(resources.filter(({ action }) => action !== "none").map(({ resource }) => resource)).toEqual(["cluster"]);
});
