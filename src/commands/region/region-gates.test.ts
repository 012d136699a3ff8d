import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { assertDocument } from "../../../test/support/documents.ts";
import { ago, node } from "../../../test/support/kube-objects.ts";
import { memoryAws } from "../../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../../../test/support/memory-cluster.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { testNow } from "../../../test/support/kube-objects.ts";
import { manualClock } from "../../../test/support/manual-clock.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Clock } from "../../core/clock.ts";
import type { Context } from "../../context.ts";
import type { RegionBootstrap } from "../../region/bootstrap.ts";
import { bootstrapText } from "../../region/bootstrap-text.ts";
import { regionGates, withGates } from "./region-gates.run.ts";
import { worldsOf } from "./worlds.run.ts";

const accountId = "111122223333";
const components = `gitops: {repository: https://git.acme.example/platform.git}
platform: {tracing: {endpoint: https://otlp.acme.example}}
`;
const document: RegionBootstrap = {
  kind: "RegionBootstrap",
  regions: [{ name: "us", changes: 0, steps: [], durationMs: 0 }],
  findings: [],
};

let folder: string;
let kube: MemoryCluster;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-region-gates-"));
  kube = memoryCluster("us");
});
afterEach(() => rm(folder, { recursive: true }));

async function contextFor(text: string, clock: Clock = virtualClock()): Promise<Context> {
  const region = `{name: us, awsRegion: us-east-1, accountId: "${accountId}", cluster: acme-us}`;
  const { aws } = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
  const yaml = `name: acme\ndomain: acme.example\n${text}regions:\n  - ${region}\n`;
  const made = await regionContext(folder, yaml, { us: { aws, cluster: kube.cluster } });
  return made.over({ host: { ...made.host, clock } });
}

it("Without a platform in gennet.yaml, a bootstrap ends without gates", async () => {
  const context = await contextFor("");
  expect(await withGates(document, await worldsOf(context), context)).toEqual({ document, exit: 0 });
});

it("With a platform, a bootstrap ends with the gate that does not pass, and its fix", async () => {
  kube.store(node("n1"));
  const context = await contextFor(components);
  const gated = await withGates(document, await worldsOf(context), context);
  expect(gated.exit).toBe(3);
  expect(gated.document.findings).toMatchObject([
    { id: "region/gate", region: "us", severity: "fail", subject: 'gate "add-ons healthy"' },
  ]);
  expect(gated.document.findings[0]?.summary).toContain("EKS cluster acme-us: does not exist");
  expect(gated.document.regions[0]?.gates?.map(({ answer }) => answer)).toEqual([
    "pass",
    "fail",
    ...Array.from({ length: 7 }, () => "waiting"),
  ]);
  const text = bootstrapText(gated.document, { paint: (_tone, each) => each });
  expect(text).toContain("1 of 9 gates passed");
  expect(text).toContain("→ gennet region bootstrap us");
  expect(text).not.toContain("· 1 node:");
  const wide = bootstrapText(gated.document, { paint: (_tone, each) => each, wide: true });
  expect(wide).toContain("✔ nodes ready · 1 node: ");
  assertDocument(JSON.parse(JSON.stringify({ apiVersion: "gennet/v1", ...gated.document })) as object);
});

it.each([
  ["Synced", "pass"],
  ["OutOfSync", "fail"],
] as const)(
  "For the gate of Applications, one that is %s is a %s, although status only warns",
  async (sync, answer) => {
    const clock = manualClock(testNow);
    const context = await contextFor(components, clock);
    kube.store(project("default"));
    kube.store(application("orders", { reconciledAt: ago(1), sync: { status: sync, revision: "c0ffee0" } }));
    const [world] = await worldsOf(context);
    if (world === undefined) throw new Error("no region");
    const gate = regionGates(world, context).find(({ id }) => id === "Applications synced and healthy");
    expect(await gate?.evaluate(context.signal)).toMatchObject({ answer });
  },
);
