import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Emulator, emulator } from "../support/emulator.ts";
import { runGennet } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type TestPlatform, testPlatform } from "../support/test-platform.ts";
import { emptied } from "../support/sandbox-environment.ts";
import { testsOfAPlatform } from "./platform-tests.ts";

const sandbox = inject("sandbox");
const own = { env: { XDG_STATE_HOME: sandbox.stateHome } };
let target: TestPlatform;
let aws: Emulator;

beforeAll(async () => {
  const { platform, variables } = await emptied(sandbox, "orders");
  target = await testPlatform(platform, variables);
  aws = emulator(variables["AWS_ENDPOINT_URL"] ?? "");
});
afterAll(() => target.leave());

describe("a platform on the sandbox", () => {
  testsOfAPlatform(() => target);

  it("Every AWS request of gennet is valid according to AWS's own models", async () => {
    const { items } = await aws.requests();
    expect(items.length).toBeGreaterThan(0);
    expect(items.filter((request) => request.violation !== undefined)).toEqual([]);
  });

  it("A scaffolded service is applied in every region, and becomes available", async () => {
    const scaffolded = await target.gennet("new", "service", "orders", "--domain", "shop", "--owner", "team-shop");
    expect(scaffolded).toMatchObject({ exit: 0 });
    const ran = await target.ask("sandbox", "run", "orders");
    expect({ exit: ran.exit, stderr: ran.stderr }).toMatchObject({ exit: 0 });
    expect((await target.gennet("sandbox", "run", "orders")).stdout).toContain("simulated");

    const { exit, document } = await target.ask("status", "-n", "orders");
    expect(exit).toBe(0);
    for (const region of nonEmpty<any>(document.regions)) expect(region.workloads).toEqual({ available: 1, total: 1 });
  });

  it("gennet status shows exactly the region whose API server was killed as unreachable, and exits with 5", async () => {
    const [lost, kept] = target.regions;
    if (lost === undefined || kept === undefined) throw new Error("the platform needs two regions");
    const { stdout } = await runGennet(["sandbox", "status", "--name", sandbox.name, "-o", "json"], own);
    const server = (JSON.parse(stdout) as { items: any[] }).items.find(
      (each) => each.awsRegion === lost.awsRegion && each.component === "kube-apiserver",
    );
    process.kill(server.pid, "SIGKILL");

    const { exit, document } = await target.ask("status");
    expect(exit).toBe(5);
    const reachable = document.regions.map((each: any) => [each.name, each.reachable]);
    expect(reachable).toEqual(target.regions.map((each) => [each.name, each.name !== lost.name]));
    const unknown = document.findings.filter((each: any) => each.severity === "unknown");
    expect(unknown.map((each: any) => [each.region, each.id])).toEqual([[lost.name, "cluster/api"]]);
    const other = document.regions.find((each: any) => each.name === kept.name);
    expect(other.nodes.ready).toBeGreaterThan(0);

    const up = ["sandbox", "up", "--name", sandbox.name, "--regions", sandbox.regions.join(",")];
    expect(await runGennet(up, own)).toMatchObject({ exit: 0 });
    expect((await target.ask("status")).exit).toBe(0);
  });
});
