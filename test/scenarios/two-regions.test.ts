import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ElasticLoadBalancingV2Client, DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { killProcesses, processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import type { StatusReport } from "../../src/health/status-report.ts";
import type { RegionBootstrap } from "../../src/region/bootstrap.ts";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { isNightly } from "../support/effort.ts";
import { traces } from "../support/kernel-traces.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OwnSandbox, startOwnSandbox, stdoutOf } from "../support/own-sandbox.ts";
import { accountOf } from "../support/pod-identity-region.ts";
import { realClock } from "../support/real-clock.ts";

/** Two regions from nothing to green, with everything as pods; then one of them, and then the sandbox, is removed. */
const regions = ["eu-central-1", "us-east-1"] as const;
const [home, away] = regions;
let own: OwnSandbox;
let work: string;

const gennet = (...argv: string[]): Promise<Ended> => runGennet(argv, { env: own.variables, cwd: work });
const program = (name: string, ...argv: string[]): Promise<string> =>
  stdoutOf(run(name, argv, { env: own.variables, cwd: work }));
const root = (): string => dirname(own.variables["KUBECONFIG"] as string);

async function balancersOf(region: string): Promise<readonly string[]> {
  const elb = new ElasticLoadBalancingV2Client({ region, ...accountOf(region, own.variables) });
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  elb.destroy();
  return LoadBalancers.map(({ DNSName = "" }) => DNSName);
}

async function statusOf(...words: string[]): Promise<readonly string[]> {
  const { stdout } = await gennet("status", ...words, "-o", "json", "-q");
  const { findings } = JSON.parse(stdout) as Pick<StatusReport, "findings">;
  const wrong = nonEmpty(findings).filter(({ severity }) => severity !== "ok" && severity !== "skip");
  return wrong.map(({ id, region, subject, summary }) => `${region} ${id} ${subject}: ${summary}`);
}

describe.runIf(isNightly)("two regions whose platform runs as pods", () => {
  beforeAll(async () => {
    const options = ["--profile", "full", "--bare", "--with", ""].slice(0, 3);
    own = await startOwnSandbox("two-regions", regions.join(","), ...options);
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
    const folders = ["-C", fileURLToPath(gitops.repository), "log", "--format=%s", "--", "clusters"];
    const commits = (await program("git", ...folders)).trim().split("\n");
    expect(commits.sort()).toEqual(regions.map((region) => `Platform sandbox in region ${region}`));
  });

  it("status finds nothing in either region, and istioctl, argocd and kubectl agree", async () => {
    expect(await statusOf("--strict")).toEqual([]);
    expect(await gennet("region", "plan")).toMatchObject({ exit: 0 });
    for (const context of regions) {
      const proxies = (await program("istioctl", "proxy-status", "--context", context)).trim().split("\n").slice(1);
      expect(nonEmpty(proxies).filter((line) => !line.includes("istio-ingress"))).toEqual([]);
      expect(proxies.filter((line) => /STALE|NOT SENT.*STALE|ERROR/.test(line))).toEqual([]);
    }
  });
});
