import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { parse, stringify } from "yaml";
import { awsInventory } from "../support/aws-inventory.ts";
import { launcher, run } from "../support/cli.ts";
import { counted } from "../support/counted.ts";
import { type Emulator, emulator, type LoggedRequest } from "../support/emulator.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { sandboxEnvironment } from "../support/sandbox-environment.ts";
import { seededPart, seededPlaces } from "../support/seeded-part.ts";
import { type TestPlatform, testPlatform } from "../support/test-platform.ts";

type Kind = Pick<LoggedRequest, "service" | "operation">;

/** How many kinds of changes are tried by day. */
const daily = 1;

let target: TestPlatform;
let variables: Record<string, string>;
let aws: Emulator;

beforeAll(async () => {
  const sandbox = await sandboxEnvironment(inject("sandbox"));
  variables = sandbox.variables;
  const { regions, ...platform } = parse(sandbox.platform) as { readonly regions: readonly unknown[] };
  const stores = { postgres: {}, redis: {} };
  const everything = { ...platform, stores, registry: { repositories: ["orders"] }, hostedZone: "create" };
  target = await testPlatform(stringify({ ...everything, regions: regions.slice(0, 1) }), variables);
  aws = emulator(variables["AWS_ENDPOINT_URL"] ?? "");
});
afterAll(async () => {
  await aws.reset();
  await target.leave();
});

it(`If a SIGKILL ends region bootstrap at the first of ${seededPlaces} kinds of changes, the next run finishes it, and nothing is there twice`, async () => {
  await aws.reset();
  await finished();
  const whole = await things();
  const kinds = kindsIn((await aws.requests()).items);
  const tried = nonEmpty([...seededPart(kinds, daily).entries()]);
  for (const [at, kind] of tried) {
    await aws.reset();
    const when = at % 2 === 0 ? "after-success" : "before";
    await killedAt(kind, when);
    await finished();
    expect({ ...kind, when, things: await things() }).toEqual({ ...kind, when, things: whole });
  }
  counted(`${tried.length} of ${kinds.length} kinds of changes at which a bootstrap was killed`);
}, 3_600_000);

/** Returns each operation that changed something, in the order in which it first did. */
function kindsIn(requests: readonly LoggedRequest[]): readonly Kind[] {
  const changes = requests.filter(({ mutating, status }) => mutating && status < 400);
  const kinds = changes.map(({ service, operation }) => [`${service} ${operation}`, { service, operation }] as const);
  return [...new Map(kinds).values()];
}

async function finished(): Promise<void> {
  const { exit, stderr } = await target.gennet("region", "bootstrap", "--yes");
  expect({ exit, stderr: exit === 0 ? "" : stderr }).toEqual({ exit: 0, stderr: "" });
  expect(await target.gennet("region", "plan")).toMatchObject({ exit: 0 });
}

async function killedAt(kind: Kind, when: "before" | "after-success"): Promise<void> {
  const child = spawn(process.execPath, [launcher, "region", "bootstrap", "--yes"], {
    cwd: target.folder,
    env: { ...process.env, ...variables },
    stdio: "ignore",
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  await aws.fault({ ...kind, mutating: true, action: "kill", when, pid: child.pid as number });
  expect({ ...kind, when, ended: await ended }).toEqual({ ...kind, when, ended: "SIGKILL" });
}

/** Returns how many things of each kind the account has, as every service lists it. */
async function things(): Promise<Readonly<Record<string, number>>> {
  const endpoint = variables["AWS_ENDPOINT_URL"] ?? "";
  const awsRegions = target.regions.map(({ awsRegion }) => awsRegion);
  const all = await awsInventory(endpoint, awsRegions, async (program, ...argv) => {
    const { exit, stdout, stderr } = await run(program, argv, { cwd: target.folder, env: variables });
    if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
    return stdout;
  });
  const counts: Record<string, number> = {};
  for (const { where, kind } of nonEmpty(all)) counts[`${where} ${kind}`] = (counts[`${where} ${kind}`] ?? 0) + 1;
  return counts;
}
