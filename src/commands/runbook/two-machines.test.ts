import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { fence } from "../../../test/support/runbook-trial.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { journalFolder } from "../../host/journal-file.ts";
import { runFolders } from "../../host/run-folders.ts";
import { createStateBucket } from "../../region/resources/state-bucket.ts";
import { run as report } from "./report.run.ts";
import { run as runbook } from "./run.run.ts";
import type { RunbookRunInput } from "./run.ts";

const accountId = "111122223333";
const regions = { eu: "eu-west-1", us: "us-east-1" };
const front = "---\nid: two\ntitle: Two steps\nwhen: in tests\n---\n";
const text = front + fence("shell name=first safe", "echo one") + fence("shell name=second safe", "echo two");
const input: RunbookRunInput = {
  id: "two.md",
  input: [],
  fromFinding: undefined,
  incident: undefined,
  resume: undefined,
  undo: false,
  accept: false,
  fromStep: undefined,
  dryRun: false,
  yes: true,
};

let folder: string;
let clouds: Record<string, MemoryAws>;
/** What ran, by machine. */
let ran: string[];
/** The step whose program fails. */
let broken: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-machines-"));
  await writeFile(join(folder, "two.md"), text);
  clouds = {};
  for (const [name, awsRegion] of Object.entries(regions)) clouds[name] = memoryAws({ name, awsRegion, accountId });
  ran = [];
  broken = undefined;
});
afterEach(() => rm(folder, { recursive: true }));

async function on(machine: "ana" | "bo", { silent = [] as readonly string[] } = {}): Promise<Context> {
  const lines = Object.entries(regions).map(
    ([name, awsRegion], at) =>
      `  - {name: ${name}, awsRegion: ${awsRegion}, accountId: "${accountId}", cluster: c, primary: ${name === "us"}, network: {cidr: 10.${at}.0.0/16}}`,
  );
  const text = `name: acme\ndomain: acme.example\nstate: bucket\nregions:\n${lines.join("\n")}\n`;
  const places = Object.keys(regions).map((name) => {
    const { aws } = clouds[name] as MemoryAws;
    const service = () => Promise.reject(new AppError("AWS_UNREACHABLE", `AWS did not answer in ${name}.`));
    return [name, { aws: silent.includes(name) ? { ...aws, service } : aws, cluster: memoryCluster(name).cluster }];
  });
  const context = await regionContext(folder, text, Object.fromEntries(places));
  const host = memoryHost({
    cwd: folder,
    env: { PATH: process.env["PATH"] },
    run: async ({ args }) => {
      const [, script = ""] = args;
      ran.push(`${machine}: ${script.trim()}`);
      const code = script.includes(broken ?? "nothing") ? 1 : 0;
      return { exit: code, output: `out of ${script}`, stdout: `out of ${script}`, stderr: "", isCut: false };
    },
  });
  return {
    ...context.over({ host: { ...host, clock: virtualClock(), user: () => `${machine}@laptop` } }),
    journals: async () => journalFolder(join(folder, machine, "journal")),
    runs: async () => runFolders(join(folder, machine, "runs")),
  };
}

async function madeBuckets(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const context = await on("ana");
    const platform = await context.platform();
    const region = platform.regions.find((each) => each.name === name);
    if (region === undefined) throw new Error(`there is no region ${name}`);
    const aws = await context.aws(region);
    const cluster = () => Promise.reject(new Error("there is no cluster"));
    await createStateBucket({ platform, region, aws, cluster }, context.signal);
  }
}

const keysIn = (name: string): readonly string[] => [
  ...(clouds[name]?.buckets.get(`acme-${name}-${accountId}-state`)?.objects.keys() ?? []),
];

describe("a run of a runbook with state: bucket", () => {
  it("A run that failed on one machine is resumed on another without repeating a step, and both report all of it", async () => {
    await madeBuckets("eu", "us");
    broken = "two";
    const first = await runbook(input, await on("ana"));
    expect(first.document.outcome).toBe("failed");
    broken = undefined;
    const resume = first.document.run;
    const second = await runbook({ ...input, id: undefined, resume }, await on("bo"));
    expect({ exit: second.exit, outcome: second.document.outcome }).toEqual({ exit: 0, outcome: "done" });
    expect(ran).toEqual(["ana: echo one", "ana: echo two", "bo: echo two"]);
    for (const machine of ["ana", "bo"] as const) {
      const { document } = await report({ run: undefined }, await on(machine));
      expect({ run: document.run, outcome: document.outcome, author: document.author }).toEqual({
        run: resume,
        outcome: "done",
        author: "ana@laptop",
      });
      expect(document.evidence.filter((name) => name.endsWith(".log"))).toHaveLength(3);
    }
    expect(keysIn("eu")).toEqual([]);
  });

  it("Two machines cannot work on an incident at once", async () => {
    await madeBuckets("us");
    const own = { ...input, incident: "INC-1" };
    const [ana, bo] = [await on("ana"), await on("bo")];
    const ended = await Promise.allSettled([runbook(own, ana), runbook(own, bo)]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "JOURNAL_BUSY", message: expect.stringContaining("working on incident INC-1") },
    });
  });

  it("While the primary region does not answer, the run is in the bucket of another one, and found there", async () => {
    await madeBuckets("eu", "us");
    broken = "two";
    const first = await runbook(input, await on("ana", { silent: ["us"] }));
    expect(keysIn("us")).toEqual([]);
    expect(keysIn("eu").length).toBeGreaterThan(5);
    broken = undefined;
    const again = { ...input, id: undefined, resume: first.document.run };
    expect((await runbook(again, await on("bo"))).document.outcome).toBe("done");
  });

  it("Without a bucket, the run is only on this machine", async () => {
    expect((await runbook(input, await on("ana"))).document.outcome).toBe("done");
    expect((await report({ run: undefined }, await on("ana"))).document.outcome).toBe("done");
    await expect(report({ run: undefined }, await on("bo"))).rejects.toMatchObject({ code: "RUNBOOK_RUN_UNKNOWN" });
  });
});
