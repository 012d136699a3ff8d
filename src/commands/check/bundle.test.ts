import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import { memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { deployment, node } from "../../../test/support/kube-objects.ts";
import { meshNamespace, meshPod } from "../../../test/support/mesh-objects.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { AppError } from "../../core/error.ts";
import { run } from "../status/status.run.ts";
import type { CheckInput } from "./flags.ts";

const everything: CheckInput = { only: [], skip: [], strict: false, wait: false, report: [] };
const lost = new AppError("KUBE_UNREACHABLE", "connection refused", { next: ["kubectl --context us version"] });
const clusters = () =>
  clusterContext({
    eu: {
      objects: [
        node("n1"),
        node("n2", [{ type: "Ready", status: "False", reason: "KubeletNotReady" }]),
        deployment("orders", { replicas: 2, availableReplicas: 0 }),
        meshNamespace,
        meshPod("orders-1", "orders", "10.0.0.1"),
      ],
    },
    us: lost,
  });

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-bundle-"));
  file = join(folder, "status.bundle");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a bundle", () => {
  it("A bundle gives the same report without the clusters, even after they have changed", async () => {
    const seen = await run({ ...everything, bundle: file }, clusters());
    expect(seen.document.findings.some(({ severity }) => severity === "fail")).toBe(true);
    const again = await run({ ...everything, from: file }, clusterContext({}));
    expect(again.exit).toBe(seen.exit);
    expect(timeless(again.document)).toEqual(timeless(seen.document));
  });

  it("A bundle of a region has what gennet.yaml expects there, so that what is missing fails as it did", async () => {
    const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}`;
    const platform = "platform: {tracing: {endpoint: https://otlp.acme.example}}";
    const gitops = "gitops: {repository: https://git.acme.example/platform.git}";
    const yaml = `name: acme\ndomain: acme.example\n${gitops}\n${platform}\nregions: [${region}]\n`;
    const { cluster, store } = memoryCluster("eu");
    store(node("n1"));
    const { aws } = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
    const seen = await run(
      { ...everything, bundle: file },
      await regionContext(folder, yaml, { eu: { aws, cluster } }),
    );
    const missing = seen.document.findings.filter(({ id, severity }) => id === "platform/istio" && severity === "fail");
    expect(missing).toMatchObject([{ summary: "is not installed" }]);
    const again = await run({ ...everything, from: file }, clusterContext({}));
    expect(again.exit).toBe(seen.exit);
    expect(timeless(again.document)).toEqual(timeless(seen.document));
  });

  it("A bundle has the cluster of a region's kubeconfig context, which is not read again", async () => {
    const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu, context: blue}`;
    const { aws } = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
    const { cluster } = memoryCluster("eu");
    const regions = await regionContext(folder, `name: acme\ndomain: acme.example\nregions: [${region}]\n`, {
      eu: { aws, cluster },
    });
    const described = {
      name: "acme-eu",
      status: "ACTIVE",
      endpoint: "https://blue.example",
      version: "1.35",
      issues: [],
    };
    const live = regions.over({
      aws: async () => ({ ...aws, service: async () => ({ cluster: async () => described }) as never }),
      contextCluster: async (name) => ({ server: `https://${name}-old.example` }),
    });
    const seen = await run({ ...everything, only: ["cluster/eks"], bundle: file }, live);
    expect(seen.document.findings.find(({ severity }) => severity === "fail")?.summary).toContain(
      'context "blue" is of another cluster (https://blue-old.example)',
    );
    const again = await run({ ...everything, only: ["cluster/eks"], from: file }, clusterContext({}));
    expect(timeless(again.document)).toEqual(timeless(seen.document));
  });

  it("A bundle of another format is refused, because it would be judged by what it lacks", async () => {
    const head = { apiVersion: "gennet/v1", kind: "Bundle", platform: "acme", now: 0, places: [] };
    await writeFile(file, JSON.stringify(head));
    const read = run({ ...everything, from: file }, clusterContext({}));
    await expect(read).rejects.toMatchObject({
      code: "BUNDLE_INVALID",
      message: expect.stringContaining("it has format 1, and this version of gennet reads format 2") as string,
    });
  });

  it("A bundle lacks what was not read: such checks are unknown, never healthy", async () => {
    await run({ ...everything, only: ["nodes"], bundle: file }, clusters());
    const { exit, document } = await run({ ...everything, only: ["workloads"], from: file }, clusterContext({}));
    expect(exit).toBe(5);
    expect(nonEmpty(document.findings).map(({ severity }) => severity)).not.toContain("ok");
  });

  it("A bundle contains no secret", async () => {
    const secret = deployment("orders");
    const env = [
      { name: "DB_PASSWORD", value: "hunter2" },
      { name: "DATABASE_URL", value: "postgres://app:hunter3@db/orders" },
      { name: "NOTE", value: "see https://ada:hunter4@git.example/x" },
    ];
    const object = {
      ...secret,
      spec: { ...(secret["spec"] as object), template: { spec: { containers: [{ name: "app", env }] } } },
    };
    await run({ ...everything, bundle: file }, clusterContext({ eu: { objects: [node("n1"), object] } }));
    const text = await readFile(file, "utf8");
    expect(text).toContain("DB_PASSWORD");
    expect(text).not.toMatch(/hunter\d/);
  });

  it.each(["", "{}", '{"apiVersion":"gennet/v1","kind":"StatusReport"}', "nonsense"])(
    "A bundle cannot be read from %j",
    async (text) => {
      await writeFile(file, text);
      await expect(run({ ...everything, from: file }, clusterContext({}))).rejects.toMatchObject({
        code: "BUNDLE_INVALID",
        exit: 2,
      });
    },
  );

  it("A bundle that does not exist is reported", async () => {
    const missing = run({ ...everything, from: "missing" }, clusterContext({}));
    await expect(missing).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  });
});

/** Removes the durations of checks, which are not part of their findings. */
function timeless(document: object): unknown {
  return JSON.parse(JSON.stringify(document, (key, value: unknown) => (key === "durationMs" ? undefined : value)));
}
