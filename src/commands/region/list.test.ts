import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callGennet } from "../../../test/support/cli.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "gennet-list-"));
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

const text = `name: acme
domain: acme.example
regions:
  - {name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: a, primary: true, wave: 1}
  - {name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: b, kubernetes: {version: "1.34"}}
`;

it("region list shows what gennet.yaml says of each region, and warns about ranges that overlap, with exit 0", async () => {
  await writeFile(join(cwd, "gennet.yaml"), text);
  const { exit, stdout } = await callGennet(["region", "list"], { cwd });
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^REGION +AWS REGION +ACCOUNT +CLUSTER +KUBERNETES +RANGE +WAVE$/m);
  expect(stdout).toMatch(/^eu \(primary\) +eu-west-1 +111122223333 +a +default +10\.0\.0\.0\/16 +1$/m);
  expect(stdout).toMatch(/^us +us-east-1 +111122223333 +b +1\.34 +10\.0\.0\.0\/16$/m);
  expect(stdout).toContain("! gennet.yaml:5:5: regions.1.network.cidr: 10.0.0.0/16 overlaps 10.0.0.0/16 of region eu");
});

it("region list -o json has the decisions of each region, and findings with their place", async () => {
  await writeFile(join(cwd, "gennet.yaml"), text);
  const { stdout } = await callGennet(["region", "list", "-o", "json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    kind: "RegionList",
    items: [
      { name: "eu", primary: true, support: "extended", cidr: "10.0.0.0/16", nat: "one", nodes: "managed" },
      { name: "us", primary: false, kubernetes: "1.34" },
    ],
    findings: [{ id: "platform/regions", severity: "warn", location: { file: "gennet.yaml", line: 5, column: 5 } }],
  });
});

it("region list rejects a platform with two primary regions", async () => {
  await writeFile(join(cwd, "gennet.yaml"), text.replace("cluster: b", "cluster: b, primary: true"));
  const { exit, stderr } = await callGennet(["region", "list"], { cwd });
  expect(exit).toBe(2);
  expect(stderr).toContain("gennet.yaml:5:86: regions.1.primary: expected one primary region, but eu is already");
});

it("doctor warns about the ranges that overlap, too", async () => {
  await writeFile(join(cwd, "gennet.yaml"), text);
  const { exit, stdout } = await callGennet(["doctor", "--only", "machine/platform"], { cwd });
  expect(exit).toBe(0);
  expect(stdout).toContain("! gennet.yaml:5:5: regions.1.network.cidr: 10.0.0.0/16 overlaps 10.0.0.0/16 of region eu");
});
