import { inspect } from "node:util";
import type { SecretsManager } from "../../src/aws/secrets/port.ts";
import type { SecretsRotateInput } from "../../src/commands/secrets/rotate.ts";
import type { Clock } from "../../src/core/clock.ts";
import { AppError } from "../../src/core/error.ts";
import type { Finding } from "../../src/core/finding.ts";
import { openJournal } from "../../src/core/journal.ts";
import { runSaga, type SagaResult } from "../../src/core/saga.ts";
import { beginSaga, turnBack, unfinishedRun } from "../../src/core/saga-run.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { accept } from "../../src/secrets/accept.ts";
import { holdersOf, type SecretHolder } from "../../src/secrets/holders.ts";
import { readPayload, withField, type Payload } from "../../src/secrets/payload.ts";
import { factsOf, type RotationKind, stagesOf, toFacts } from "../../src/secrets/rotation.ts";
import type { RotationWorld } from "../../src/secrets/world.ts";
import { memoryLines } from "./memory-lines.ts";
import { memoryRegion, type MemoryRegion } from "./memory-platform.ts";
import { memorySecrets, type Change, type MemorySecret, v0, v1, v2 } from "./memory-secrets.ts";
import { mustBeUsed } from "./must-be-used.ts";
import { virtualClock } from "./virtual-clock.ts";

/** The error of a killed process. It is not an AppError, so nothing is cleaned up. */
export class Killed extends Error {}

export const planted = {
  older: 'older"plus+/=value&0123',
  old: 'old"plus+/=value&456789',
  next: 'next"plus+/=value&abcdef',
};

/** The settings of `gennet secrets rotate` for the trial's secret. */
export const rotationInput: SecretsRotateInput = {
  name: "acme/orders/db",
  key: "password",
  stdin: false,
  prompt: false,
  length: undefined,
  resume: false,
  syncTimeout: 60_000,
  rolloutTimeout: 60_000,
  dryRun: false,
  yes: true,
};

export interface RotationTrial {
  readonly secret: MemorySecret;
  readonly regions: readonly MemoryRegion[];
  readonly clock: Clock;
  /** By AWS region. */
  readonly stores: ReadonlyMap<string, SecretsManager>;
  /** All output: journal, progress, results and errors. */
  readonly told: string[];
  /** The changes so far, including journal lines. */
  readonly changes: string[];
  /** Called after each change. */
  onChange: () => Promise<void>;
  /** Kills the process at the n-th change from now, before or after it is made. */
  kill(at: number, when: "before" | "after"): void;
  /** Lets another process begin. */
  revive(): void;
  /** Runs one process, which begins a run or resumes one. */
  run(how?: { readonly kind?: RotationKind; readonly back?: boolean }): Promise<SagaResult>;
  /** Runs one process, which ends the unfinished run in its current state. */
  accept(): Promise<{ readonly holders: readonly SecretHolder[]; readonly findings: readonly Finding[] }>;
  settle(): Promise<void>;
}

/** Two regions, a replicated secret, and a run of its rotation that can be killed at every change. */
export function rotationTrial(): RotationTrial {
  const clock = virtualClock();
  const told: string[] = [];
  const changes: string[] = [];
  const lines = memoryLines();
  const text = (password: string): string => JSON.stringify({ user: "orders", password });
  const secret: MemorySecret = {
    name: "acme/orders/db",
    texts: new Map([
      [v0, text(planted.older)],
      [v1, text(planted.old)],
    ]),
    labels: new Map([
      ["AWSPREVIOUS", v0],
      ["AWSCURRENT", v1],
    ]),
    replicas: ["us-east-1"],
  };
  let life = new AbortController();
  let strike: { readonly at: number; readonly when: "before" | "after" } | undefined;
  /** A killed process does nothing any more, in any of its branches. */
  const die = (what: string): Killed => {
    strike = undefined;
    const killed = new Killed(what);
    life.abort(killed);
    return killed;
  };
  const change: Change = async (what, work) => {
    life.signal.throwIfAborted();
    const struck = strike?.at === changes.length ? strike : undefined;
    changes.push(what);
    if (what !== "journal" && lines.all.length > 0) assertWrittenDown(changes, lines.all);
    if (struck?.when === "before") throw die(what);
    const result = await work();
    await trial.onChange();
    if (struck !== undefined) throw die(what);
    return result;
  };
  const stores = new Map(["eu-west-1", "us-east-1"].map((region) => [region, memorySecrets(secret, region, change)]));
  const regions = [...stores].map(([awsRegion, store], at) =>
    memoryRegion(`site-${awsRegion}`, awsRegion, secret.name, store, clock, change, at + 1),
  );
  const copies = [...stores].map(([awsRegion, secrets]) => ({
    awsRegion,
    secrets,
    arn: `arn:aws:secretsmanager:${awsRegion}:111122223333:secret:${secret.name}-AbCdEf`,
  }));
  const [primary, ...replicas] = copies;
  if (primary === undefined) throw new Error("there is no primary");

  const worldOf = (): RotationWorld => ({
    secret: secret.name,
    identity: {
      name: secret.name,
      accountId: "111122223333",
      arns: copies.map(({ arn }) => arn),
      awsRegions: copies.map(({ awsRegion }) => awsRegion),
      tags: {},
    },
    primary,
    replicas,
    sites: regions.map((region) => region.site),
    clock,
    patience: { replicaMs: 60_000, syncMs: 60_000, rolloutMs: 60_000 },
    fingerprintKey: String(changes.length),
    payload: async (versionId, signal): Promise<Payload | undefined> => {
      const version = await primary.secrets.version(primary.arn, { versionId }, signal);
      return version && readPayload(version.value, version.binary);
    },
  });

  const append = (line: string): Promise<void> => change("journal", () => lines.append(line));
  const trial: RotationTrial = {
    secret,
    regions,
    clock,
    stores,
    told,
    changes,
    onChange: async () => undefined,
    kill: (at, when) => {
      const aimed = { at: changes.length + at, when };
      strike = aimed;
      mustBeUsed("a kill at a change", () => (strike === aimed ? [`${when} change ${aimed.at}`] : []));
    },
    revive: () => void (life = new AbortController()),
    settle: async () => clock.sleep(1),
    accept: async () => {
      life = new AbortController();
      const { signal } = life;
      const journal = await openJournal({ ...lines, append }, secret.name, clock);
      const run = unfinishedRun(journal);
      if (run === undefined) throw new Error("nothing is unfinished");
      const world = worldOf();
      const { holders } = await holdersOf(world, signal);
      const findings = await accept(world, run, journal, signal);
      told.push(JSON.stringify({ holders, findings }), lines.all.join("\n"));
      return { holders, findings };
    },
    run: async ({ kind = "rotate", back = false } = {}) => {
      life = new AbortController();
      const { signal } = life;
      try {
        const journal = await openJournal({ ...lines, append }, secret.name, clock);
        let run = unfinishedRun(journal);
        if (run === undefined) {
          const before = secret.labels.get("AWSCURRENT") ?? "";
          const previous = secret.labels.get("AWSPREVIOUS");
          const target = kind === "rotate" ? v2 : (previous ?? "");
          const source = kind === "rotate" ? "given" : "stored";
          const facts = { kind, before, target, source, key: "password", ...(previous && { previous }) } as const;
          run = await beginSaga(journal, `run-${journal.entries.length}`, toFacts(facts));
        }
        if (back) run = await turnBack(run, new AppError("SAGA_TURNED_BACK", "At your wish."));
        const { kind: running, ...versions } = factsOf(run);
        const world = worldOf();
        const newText = async (): Promise<SecretValue> =>
          withField((await world.payload(v1, signal)) as Payload, "password", new SecretValue(planted.next));
        const stages = stagesOf(world, { ...versions, run: run.id }, running, newText);
        const report = (progress: object): void => void told.push(JSON.stringify(progress));
        const result = await runSaga(stages, run, { clock, patienceMs: 60_000, signal, report });
        told.push(inspect(result, { depth: 20 }), JSON.stringify(result));
        return result;
      } catch (error) {
        told.push(inspect(error, { depth: 20 }));
        throw error;
      } finally {
        told.push(lines.all.join("\n"));
      }
    },
  };
  return trial;
}

/** Checks that each change is in the journal before it is made. */
function assertWrittenDown(changes: readonly string[], journal: readonly string[]): void {
  const announced = journal.filter((line) => line.includes('"event":"change"')).length;
  const made = changes.filter((what) => what !== "journal").length;
  if (announced < made) throw new Error(`${changes.at(-1)} was made before it was written down`);
}

/** Returns the values that the pods run with, by region. */
export function valuesOf({ regions }: RotationTrial): string[] {
  return regions.flatMap((region) => [...region.running.values()]);
}

/**
 * Returns the values that an application accepts if it accepts AWSCURRENT and AWSPREVIOUS, like the owner of a shared
 * key.
 */
export function accepted({ secret }: RotationTrial): string[] {
  return ["AWSCURRENT", "AWSPREVIOUS"].flatMap((label) => {
    const text = secret.texts.get(secret.labels.get(label) ?? "");
    return text === undefined ? [] : [(JSON.parse(String(text)) as { password: string }).password];
  });
}
