import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { memoryHost } from "../../test/support/host.ts";
import { memoryAws } from "../../test/support/memory-aws.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import { regionContext } from "../../test/support/region-context.ts";
import { fence } from "../../test/support/runbook-trial.ts";
import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import type { Place } from "../platform/place.ts";
import { onOwnClusters } from "./own-clusters.run.ts";
import { run as runbook } from "./runbook/run.run.ts";
import { run as sync } from "./sync/sync.run.ts";

const accountId = "111122223333";
const server = "https://1234.gr7.eu-west-1.eks.amazonaws.com";
let folder: string;
let asked: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-own-clusters-"));
  asked = 0;
});
afterEach(() => rm(folder, { recursive: true }));

/** What EKS answers: the endpoint of the region's cluster, that it has none, or an error. */
type Described = { readonly endpoint: string } | undefined | ErrorCode;

async function contextOf(described: Described, context = "eu"): Promise<Context> {
  const config = {
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "eu", context: { cluster: "c", user: "u" } }],
  };
  await writeFile(join(folder, "kubeconfig"), stringify(config));
  const { aws } = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId });
  const cluster = async (): Promise<unknown> => {
    asked++;
    if (typeof described === "string") throw new AppError(described, "EKS did not answer.");
    return described;
  };
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "${accountId}", cluster: acme-eu, context: ${context}}`;
  const made = await regionContext(folder, `name: acme\ndomain: acme.example\nregions:\n  - ${region}\n`, {
    eu: { aws: { ...aws, service: async () => ({ cluster }) as never }, cluster: memoryCluster("eu").cluster },
  });
  const env = { PATH: process.env["PATH"], KUBECONFIG: join(folder, "kubeconfig") };
  return made.over({ host: memoryHost({ cwd: folder, home: folder, env }) });
}

async function placeOf(context: Context): Promise<Place> {
  const [place] = await context.places();
  if (place === undefined) throw new Error("there is no place");
  return place;
}

const other = { endpoint: "https://5678.gr7.us-east-1.eks.amazonaws.com" };

describe("a command that writes into the cluster of a region with a kubeconfig context", () => {
  it("The cluster is not connected to if EKS describes another one", async () => {
    const context = await contextOf(other);
    await expect(onOwnClusters(context).cluster(await placeOf(context))).rejects.toMatchObject({
      code: "KUBE_CONTEXT_MISMATCH",
    });
  });

  it("EKS is asked once if it describes the same cluster", async () => {
    const context = await contextOf({ endpoint: server });
    const own = onOwnClusters(context);
    await own.cluster(await placeOf(context));
    await own.cluster(await placeOf(context));
    expect(asked).toBe(1);
  });

  it.each<[string, Described]>([
    ["there are no credentials for AWS", "AWS_CREDENTIALS_MISSING"],
    ["EKS may not be asked", "AWS_DENIED"],
    ["EKS does not answer", "AWS_UNREACHABLE"],
    ["EKS knows no such cluster", undefined],
  ])("The context is used as it is if %s", async (_why, described) => {
    const context = await contextOf(described);
    await expect(onOwnClusters(context).cluster(await placeOf(context))).resolves.toBeDefined();
    expect(asked).toBe(1);
  });

  it("A kubeconfig context that is no region of gennet.yaml is used as it is", async () => {
    const context = await contextOf(other);
    const cluster = await onOwnClusters(context.over({ cluster: async () => memoryCluster("eu").cluster })).cluster({
      name: "eu",
      context: "eu",
    });
    expect(cluster).toBeDefined();
    expect(asked).toBe(0);
  });

  it("gennet sync reports the wrong context, and syncs nothing", async () => {
    const how = { revision: undefined, prune: false, force: false, replace: false, retry: 0 };
    const input = { ...how, apps: ["orders"], all: false, selector: undefined, settle: 1_000 } as never;
    const outcome = await sync(input, await contextOf(other)).catch((error: unknown) => error);
    expect(JSON.stringify(outcome)).toContain("KUBE_CONTEXT_MISMATCH");
  });

  it("A runbook that changes something begins no run", async () => {
    const front =
      "---\nid: own\ntitle: Own\nwhen: in tests\ninputs:\n  region: { type: region, summary: where }\n---\n";
    await writeFile(join(folder, "own.md"), front + fence("kubectl name=restart safe", "delete pod x"));
    const nothing = { fromFinding: undefined, incident: undefined, resume: undefined, fromStep: undefined };
    const how = {
      ...nothing,
      id: "own.md",
      input: ["region=eu"],
      undo: false,
      accept: false,
      dryRun: false,
      yes: true,
    };
    await expect(runbook(how, await contextOf(other))).rejects.toMatchObject({ code: "KUBE_CONTEXT_MISMATCH" });
  });
});
