import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { envelope } from "../../src/core/outcome.ts";
import { creation } from "../../src/core/resource.ts";
import { described, planVersion, type RegionPlan } from "../../src/region/region-plan.ts";
import { callGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { fence } from "../support/runbook-trial.ts";

/** No server listens on this address. */
const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: gone, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: me, user: { token: t } }]
contexts: [{ name: gone, context: { cluster: gone, user: me } }]
`;
const platform = `name: shop
domain: shop.example
regions:
  - { name: eu, awsRegion: eu-west-1, accountId: "123456789012", cluster: shop, context: gone }
`;

/** Command lines that need neither a cluster nor an account. Reporting what is missing is an answer, too. */
const answered: readonly (readonly [kind: string, argv: readonly string[]])[] = [
  ["Explanation", ["explain"]],
  ["Completion", ["completion", "bash"]],
  ["Candidates", ["complete", "--", "st"]],
  ["DoctorReport", ["doctor"]],
  ["DoctorReport", ["doctor", "--context", "gone", "--skip", "machine"]],
  ["StatusReport", ["status"]],
  ["StatusReport", ["status", "--context", "gone"]],
  ["MeshReport", ["mesh"]],
  ["BreakersReport", ["breakers"]],
  ["SyncReport", ["sync", "orders"]],
  ["ApplicationList", ["app", "list"]],
  ["ProbeReport", ["probe", "tcp://127.0.0.1:1"]],
  ["ProbeReport", ["probe", "--in-pod", "--image", "gennet:1", "--context", "gone", "tcp://127.0.0.1:1"]],
  ["ApplicationTree", ["app", "tree", "orders"]],
  ["RegionList", ["region", "list"]],
  ["RegionPlan", ["region", "show", "plan.json"]],
  ["LintReport", ["lint"]],
  [
    "PlatformFile",
    [
      "init",
      "--config",
      "other.yaml",
      "--name",
      "shop",
      "--domain",
      "shop.example",
      "--region",
      "eu=eu-west-1",
      "--account-id",
      "123456789012",
    ],
  ],
  ["ServiceScaffold", ["new", "service", "orders", "--domain", "shop", "--owner", "team-shop"]],
  ["ServiceScaffold", ["new", "service", "carts", "--domain", "shop", "--owner", "team-shop", "--dry-run"]],
  ["ServiceCheck", ["service", "check", "orders"]],
  ["ServiceDiff", ["service", "diff", "orders"]],
  ["ServiceUpdate", ["service", "update", "orders"]],
  ["ServiceUpdate", ["service", "update", "--all", "."]],
  ["ServiceAdd", ["service", "add", "caller", "--dir", "orders"]],
  ["ServiceList", ["service", "list"]],
  ["ServiceDescription", ["service", "describe", "orders"]],
  ["ServiceGraph", ["service", "graph"]],
  ["ServiceGraph", ["service", "graph", "orders", "--format", "mermaid"]],
  ["RunbookList", ["runbook", "list"]],
  ["RunbookDetails", ["runbook", "show", "breaker-open"]],
  ["RunbookFile", ["runbook", "new", "checkout"]],
  ["RunbookRun", ["runbook", "run", "quick.md", "--dry-run"]],
  ["RunbookRun", ["runbook", "run", "quick.md", "--yes"]],
  ["RunbookReport", ["runbook", "report"]],
];

/**
 * Answers that need a sandbox or an account. The acceptance tests, scenarios, and tests of the commands check these.
 */
const elsewhere = [
  "SandboxStatus",
  "RegionStatus",
  "RegionBootstrap",
  "RegionDestruction",
  "RegionUpgrade",
  "RegionRollback",
  "SandboxUp",
  "SandboxDown",
  "SandboxEnv",
  "SandboxRun",
  "SandboxImages",
  "SandboxFaults",
  "SecretList",
  "SecretRotation",
  "SecretVerification",
  "RunbookTests",
  // It runs until it is stopped, and then returns nothing.
  "SandboxPods",
];

const entry = { name: "eu-west-1", awsRegion: "eu-west-1", accountId: "123456789012", spec: "s" };
const change = described({ step: "vpc", title: "VPC", operations: [creation("vpc")], why: "it does not exist" });
const plan: RegionPlan = {
  kind: "RegionPlan",
  planVersion,
  platform: { name: "shop", spec: "s", changes: [change] },
  regions: [{ ...entry, changes: [change] }],
  leftOut: { only: ["vpc"], except: [], resources: ["eu-west-1/subnets"] },
  findings: [],
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-documents-"));
  await writeFile(join(folder, "gennet.yaml"), platform);
  await writeFile(join(folder, "kubeconfig"), kubeconfig);
  await writeFile(join(folder, "plan.json"), JSON.stringify(envelope(plan)));
  const front = "---\nid: quick\ntitle: Quick\nwhen: in tests\n---\n";
  await writeFile(join(folder, "quick.md"), `${front}${fence("approve safe", "Continue?")}${fence("wait", "1s")}`);
  await mkdir(join(folder, "broken", ".gennet"), { recursive: true });
  await writeFile(join(folder, "broken", ".gennet", "answers.yaml"), "template: 1\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (...argv: string[]) => {
  const env = { KUBECONFIG: join(folder, "kubeconfig"), PATH: process.env["PATH"] };
  return callGennet([...argv], { cwd: folder, home: folder, env });
};

describe("documents match their published schemas", () => {
  it.each(answered)("The answer matches its schema, %s: gennet %j", async (kind, argv) => {
    const { stdout, stderr } = await call("-o", "json", "--no-input", ...argv);
    if (stdout === "") throw new Error(stderr);
    const document = JSON.parse(stdout) as { kind: string };
    expect(document.kind).toBe(kind);
    assertDocument(document);
  });

  it("Failure, the document on stderr in place of an answer, matches its schema", async () => {
    for (const argv of [["nowhere"], ["status", "--region", "mars"], ["new", "service", "-x"]]) {
      const { stdout, stderr } = await call("-o", "json", ...argv);
      expect(stdout).toBe("");
      assertDocument(JSON.parse(stderr));
    }
  });

  it("Event, which -o ndjson prints before the answer, matches its schema", async () => {
    const { stdout } = await call("-o", "ndjson", "status");
    const documents = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(documents.length).toBeGreaterThan(1);
    for (const document of documents) assertDocument(document);
  });

  it("Every command's kind is checked, here or by the acceptance tests", () => {
    const seen = new Set([...answered.map(([kind]) => kind), ...elsewhere]);
    expect(
      nonEmpty(commands)
        .map((command) => command.answers)
        .filter((kind) => !seen.has(kind)),
    ).toEqual([]);
  });
});
