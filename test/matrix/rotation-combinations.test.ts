import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert as assertProperty, asyncProperty } from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run as rotate } from "../../src/commands/secrets/rotate.run.ts";
import { AppError } from "../../src/core/error.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import { effort } from "../support/effort.ts";
import { type Change, type MemorySecret, memorySecrets, v1 } from "../support/memory-secrets.ts";
import { arrange, type Combination, combinations, secretName, telling } from "../support/reader-combinations.ts";
import { readerRegion } from "../support/reader-region.ts";
import { secretsContext } from "../support/secrets-context.ts";
import { virtualClock } from "../support/virtual-clock.ts";

/**
 * Generated combinations of store, ExternalSecret, Secret and consumer. Each combination defines its expected result
 * itself, independently of gennet's model of External Secrets.
 */
const awsRegion = "eu-west-1";
const accountId = "111122223333";
const regions = [{ name: "eu", awsRegion, accountId, cluster: "acme" }];
const platform = platformSchema.parse({ name: "acme", domain: "acme.example", regions });

let state: string;
beforeAll(async () => void (state = await mkdtemp(join(tmpdir(), "gennet-combinations-"))));
afterAll(async () => rm(state, { recursive: true }));

async function outcomeOf(choice: Combination, run: number) {
  const clock = virtualClock();
  const parts = arrange(choice, awsRegion);
  const secret: MemorySecret = {
    name: secretName,
    texts: new Map([[v1, parts.text(parts.old)]]),
    labels: new Map([["AWSCURRENT", v1]]),
    replicas: [],
  };
  const changes: string[] = [];
  const change: Change = async (what, work) => {
    changes.push(what);
    return work();
  };
  const store = memorySecrets(secret, awsRegion, change);
  const region = readerRegion("eu", awsRegion, parts, { secret: secretName, store }, clock, change);
  await region.settle();
  const place = { clock, stores: new Map([[awsRegion, store]]), sites: [region.site], state: join(state, String(run)) };
  const context = secretsContext({ ...place, told: [] }, { stdin: parts.next }, platform.regions, platform);
  const input = { name: secretName, key: parts.key, stdin: true, prompt: false, length: undefined, resume: false };
  const limits = { syncTimeout: 60_000, rolloutTimeout: 60_000, dryRun: false, yes: true };
  const wanted = parts.give(choice.fault === "overwritten" ? {} : safely(() => parts.make(parts.text(parts.next))));
  try {
    const { document } = await rotate({ ...input, ...limits }, context);
    const pods = [...region.running.values()];
    return {
      outcome: document.outcome,
      changes,
      all: pods.every((pod) => same(pod, wanted)),
      labels: secret.labels,
      expected: parts.expected,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      outcome: "refused",
      why: error.message,
      changes,
      all: false,
      labels: secret.labels,
      expected: parts.expected,
    };
  }
}

function safely(make: () => Record<string, Buffer> | Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  try {
    return { ...make() };
  } catch {
    return {};
  }
}

function same(one: Readonly<Record<string, Buffer>>, other: Readonly<Record<string, Buffer>>): boolean {
  const keys = Object.keys(other);
  return (
    keys.length === Object.keys(one).length && keys.every((key) => other[key]?.equals(one[key] ?? Buffer.alloc(0)))
  );
}

const cases = effort({ daily: 200, nightly: 20_000, seed: 20_261_129 });

it("A rotation with any combination of failures succeeds only if every running pod holds the value, and never gets stuck", async () => {
  const seen: Record<string, number> = {};
  let run = 0;
  await assertProperty(
    asyncProperty(combinations, async (choice) => {
      const { outcome, changes, all, labels, expected } = await outcomeOf(choice, ++run);
      seen[outcome] = (seen[outcome] ?? 0) + 1;
      // Without a shell, a pod is verified by its age, so a Secret that is stale after a sync cannot be detected.
      const deceived = choice.fault === "stale" && !choice.shell;
      expect({ outcome, all: all || deceived || outcome !== "done" }).toEqual({ outcome, all: true });
      expect(outcome).not.toBe("stuck");
      const may = choice.fault.trim() === "none" || expected === "refused" ? [expected] : [expected, "undone"];
      expect(may).toContain(outcome);
      const untouched = outcome === "refused" ? changes : [];
      expect(untouched).toEqual([]);
      const current = outcome === "done" ? "a new version" : v1;
      expect(labels.get("AWSCURRENT") === v1 ? v1 : "a new version").toBe(current);
    }),
    cases,
  );
  expect(seen["done"]).toBeGreaterThan(0.3 * cases.numRuns);
  expect(seen["refused"]).toBeGreaterThan(0.15 * cases.numRuns);
  expect(seen["undone"]).toBeGreaterThan(0.025 * cases.numRuns);
});

it.each(telling)("A rotation ends like on the real operator: %j", async (choice) => {
  const { outcome, expected } = await outcomeOf(choice, 1_000 + telling.indexOf(choice));
  expect(outcome).toBe(expected);
});
