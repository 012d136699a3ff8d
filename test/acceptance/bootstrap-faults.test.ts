import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { runGennet } from "../support/cli.ts";
import { type Emulator, emulator } from "../support/emulator.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type TestPlatform, type TestRegion, testPlatform } from "../support/test-platform.ts";
import { sandboxEnvironment } from "../support/sandbox-environment.ts";

let target: TestPlatform;
let region: TestRegion;
let variables: Record<string, string>;
let aws: Emulator;

beforeAll(async () => {
  const sandbox = await sandboxEnvironment(inject("sandbox"));
  variables = sandbox.variables;
  target = await testPlatform(sandbox.platform, variables);
  region = target.regions[0] as TestRegion;
  aws = emulator(variables["AWS_ENDPOINT_URL"] ?? "");
});
beforeEach(() => aws.reset());
afterEach(async () => {
  const unused = await aws.unusedFaults();
  await aws.clearFaults();
  if (unused.length > 0) throw new Error(`No call ran into the fault ${JSON.stringify(unused)}`);
});
afterAll(() => target.leave());

const bootstrap = (): string[] => ["region", "bootstrap", region.name, "--yes"];

describe("region bootstrap under faults", () => {
  it("region bootstrap creates nothing twice if the connection drops after AWS has executed the call", async () => {
    for (const operation of [
      "CreateVpc",
      "CreateSubnet",
      "CreateInternetGateway",
      "AllocateAddress",
      "CreateNatGateway",
      "CreateRouteTable",
      "CreateRole",
      "CreateCluster",
      "CreateNodegroup",
    ]) {
      await aws.fault({ operation, action: "drop-after", times: 1 });
    }
    const first = await target.gennet(...bootstrap());
    const last = first.exit === 0 ? first : await target.gennet(...bootstrap());
    expect(last).toMatchObject({ exit: 0 });
    expect(await resources()).toEqual(one);
  });

  it("region bootstrap retries throttled calls with back-off, and shows it with -v", async () => {
    await aws.fault({ service: "ec2", mutating: true, action: "throttle", times: 2 });
    const { exit, stderr } = await target.gennet(...bootstrap(), "-v");
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(stderr).toMatch(/retrying in \d/);
    expect(await resources()).toEqual(one);
  });

  it("region bootstrap rejects a wrong account in any region before the first write in any region", async () => {
    const platform = target.regions.map((each, index) => ({
      ...each,
      accountId: index === 1 ? "999999999999" : each.accountId,
    }));
    const file = join(target.folder, "wrong-account.yaml");
    await writeFile(file, JSON.stringify({ name: "sandbox", domain: "sandbox.example", regions: platform }));
    const { next } = await aws.requests();
    const { exit, stderr } = await target.gennet("region", "bootstrap", "--yes", "--config", file);
    expect(exit).toBe(4);
    expect(stderr).toContain("999999999999");
    const { items } = await aws.requests(next);
    expect(nonEmpty(items).filter((request) => request.mutating)).toEqual([]);
  });

  it("region bootstrap with a wrong key exits with 4, and shows how to log in", async () => {
    const env = { ...variables, AWS_SECRET_ACCESS_KEY: "wrong" };
    const { exit, stderr } = await runGennet(bootstrap(), { cwd: target.folder, env });
    expect(exit).toBe(4);
    expect(stderr).toContain("AWS_CREDENTIALS_WRONG");
    expect(stderr).not.toContain(variables["AWS_SECRET_ACCESS_KEY"]);
  });
});

const one = {
  vpcs: 1,
  internetGateways: 1,
  natGateways: 1,
  addresses: 1,
  subnets: 6,
  clusters: 1,
  nodegroups: 1,
  // Of the cluster, nodes, flow logs, and pods: network, storage, External Secrets.
  roles: 6,
};

/** Returns the number of each kind of resource in the region, counted by the AWS CLI. */
async function resources(): Promise<typeof one> {
  const ec2 = async (operation: string, key: string, tag = true): Promise<number> => {
    const filter = tag ? ["--filters", "Name=tag-key,Values=gennet:region"] : [];
    return (await target.aws(region, "ec2", operation, ...filter))[key].length;
  };
  const groups = ["eks", "list-nodegroups", "--cluster-name", region.cluster];
  // The AWS CLI takes a second to start.
  const [gateways, { Roles: roles }, { clusters }, { nodegroups }, vpcs, internetGateways, addresses, subnets] =
    await Promise.all([
      target.aws(region, "ec2", "describe-nat-gateways"),
      target.aws(region, "iam", "list-roles"),
      target.aws(region, "eks", "list-clusters"),
      target.aws(region, ...groups),
      ec2("describe-vpcs", "Vpcs"),
      ec2("describe-internet-gateways", "InternetGateways"),
      ec2("describe-addresses", "Addresses", false),
      ec2("describe-subnets", "Subnets"),
    ]);
  return {
    vpcs,
    internetGateways,
    natGateways: gateways.NatGateways.filter((each: { State: string }) => each.State !== "deleted").length,
    addresses,
    subnets,
    clusters: clusters.length,
    nodegroups: nodegroups.length,
    roles: roles.filter((role: { RoleName: string }) => role.RoleName.startsWith("sandbox-")).length,
  };
}
