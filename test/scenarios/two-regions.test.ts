import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { RegionBootstrap } from "../../src/region/bootstrap.ts";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OwnSandbox, startOwnSandbox, stdoutOf } from "../support/own-sandbox.ts";

/** Two regions from nothing to green, with everything as pods. */
const regions = ["eu-central-1", "us-east-1"] as const;
let own: OwnSandbox;
let work: string;

const gennet = (...argv: string[]): Promise<Ended> => runGennet(argv, { env: own.variables, cwd: work });
const program = (name: string, ...argv: string[]): Promise<string> =>
  stdoutOf(run(name, argv, { env: own.variables, cwd: work }));
const rowsOf = (table: string): readonly string[] => nonEmpty(table.trim().split("\n").slice(1));

describe("two regions whose platform runs as pods", () => {
  beforeAll(async () => {
    own = await startOwnSandbox("two-regions", regions.join(","), "--profile", "full", "--bare");
    work = await mkdtemp(join(tmpdir(), "gennet-two-regions-"));
    await writeFile(join(work, "gennet.yaml"), await own.sandbox("env", "--platform"));
  }, 3_600_000);
  afterAll(async () => {
    await own.end();
    await rm(work, { recursive: true, force: true });
  });

  it("From nothing, both regions get their platform with one commit each, and pass every gate", async () => {
    const { exit, stdout, stderr } = await gennet("region", "bootstrap", "--yes", "-o", "json", "-q");
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    const document = JSON.parse(stdout) as RegionBootstrap;
    assertDocument(document);
    expect(document.regions.map(({ name }) => name)).toEqual([...regions]);
    for (const { gates = [] } of nonEmpty(document.regions)) {
      expect(nonEmpty(gates).filter(({ answer }) => answer !== "pass")).toEqual([]);
    }
    const { gitops } = parse(await own.sandbox("env", "--platform")) as { readonly gitops: { repository: string } };
    const log = ["-C", fileURLToPath(gitops.repository), "log", "--format=%s", "main", "--", "clusters"];
    const commits = (await program("git", ...log)).trim().split("\n");
    expect(commits.toSorted()).toEqual(regions.map((region) => `Platform sandbox in region ${region}`));
  });

  it("status finds nothing in either region, and istioctl, argocd and kubectl agree", async () => {
    expect(await gennet("status", "--strict")).toMatchObject({ exit: 0 });
    expect(await gennet("region", "plan")).toMatchObject({ exit: 0 });
    for (const context of regions) {
      // Each gateway is connected to an istiod.
      const proxies = rowsOf(await program("istioctl", "proxy-status", "--context", context));
      expect(proxies.filter((row) => !/istio-ingress.* istiod-\S+ .*CDS,LDS,EDS,RDS/.test(row))).toEqual([]);
      await program("kubectl", "config", "set-context", context, "--namespace", "argocd");
      const applications = rowsOf(await program("argocd", "app", "list", "--core", "--kube-context", context));
      expect(applications.filter((row) => !/ Synced +Healthy /.test(row))).toEqual([]);
      const balancer = "jsonpath={.status.loadBalancer.ingress[0].hostname}";
      const place = ["--context", context, "-n", "istio-ingress", "get", "service", "istio-ingress", "-o", balancer];
      expect(await program("kubectl", ...place)).toMatch(new RegExp(`\\.elb\\.${context}\\.amazonaws\\.com$`));
    }
  });
});
