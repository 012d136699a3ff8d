import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertDocument } from "../../../test/support/documents.ts";
import { v0, v1 } from "../../../test/support/memory-secrets.ts";
import type { HostOptions } from "../../../test/support/host.ts";
import { plantedIn } from "../../../test/support/planted.ts";
import {
  Killed,
  planted,
  rotationInput,
  type RotationTrial,
  rotationTrial,
  valuesOf,
} from "../../../test/support/rotation-trial.ts";
import { secretsContext, secretsView, twoRegions } from "../../../test/support/secrets-context.ts";
import type { Context } from "../../context.ts";
import { envelope, type Outcome } from "../../core/outcome.ts";
import type { Region } from "../../platform/schema.ts";
import type { SecretRotation } from "../../secrets/rotation-report.ts";
import { run as list } from "./list.run.ts";
import { run as rollback } from "./rollback.run.ts";
import { present, run as rotate } from "./rotate.run.ts";
import type { SecretsRotateInput } from "./rotate.ts";
import { run as verify } from "./verify.run.ts";

const view = secretsView;
const input = rotationInput;
const { name } = input;

let state: string;
let trial: RotationTrial;
const told: string[] = [];

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "gennet-secrets-"));
  trial = rotationTrial();
  await trial.settle();
  told.length = 0;
});
afterEach(async () => rm(state, { recursive: true }));

const platform = twoRegions;

function contextOf(options: HostOptions = {}, regions: readonly Region[] = platform.regions): Context {
  const { clock, stores } = trial;
  return secretsContext({ clock, stores, sites: trial.regions.map(({ site }) => site), state, told }, options, regions);
}

function answer({ document, exit }: Outcome<SecretRotation>) {
  assertDocument(envelope(document));
  return { exit, outcome: document.outcome, code: document.failure?.code };
}

const given = { stdin: `${planted.next}\n` };

describe("gennet secrets rotate", () => {
  it("gennet secrets rotate --dry-run shows what would be synced and restarted, and changes nothing", async () => {
    const outcome = await rotate({ ...input, yes: false, dryRun: true }, contextOf());
    expect(answer(outcome)).toEqual({ exit: 8, outcome: "pending", code: undefined });
    expect(present(outcome.document, view)).toBe(
      [
        "acme/orders/db gets a new value for password.",
        "  site-eu-west-1 (primary)",
        "    sync     ExternalSecret shop/db → Secret db",
        "    restart  Deployment shop/orders",
        "  site-us-east-1 (replica)",
        "    sync     ExternalSecret shop/db → Secret db",
        "    restart  Deployment shop/orders",
      ].join("\n"),
    );
    expect(trial.changes).toEqual([]);
  });

  it("gennet secrets rotate reads the new value from standard input", async () => {
    const outcome = await rotate({ ...input, stdin: true }, contextOf(given));
    expect(answer(outcome)).toEqual({ exit: 0, outcome: "done", code: undefined });
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.next]));
    expect(present(outcome.document, view)).toContain("2 pods have the value, 2 by its fingerprint");
  });

  it("gennet secrets rotate prompts for the value without echoing it, and asks for confirmation before changing anything", async () => {
    const answers = [
      { at: "Rotate acme/orders/db?", answer: true },
      { at: "New value", answer: planted.next },
    ];
    const outcome = await rotate({ ...input, yes: false, prompt: true }, contextOf({ answers }));
    expect(answer(outcome).outcome).toBe("done");
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.next]));
  });

  it.each(["users", "port"])(
    "gennet secrets rotate refuses to store text under %s, whose value is binary",
    async (key) => {
      const text = JSON.stringify({ users: [{ name: "a" }], port: 5432, password: planted.old });
      trial.secret.texts.set(v1, text);
      const refused = rotate({ ...input, key, stdin: true }, contextOf(given));
      await expect(refused).rejects.toMatchObject({
        code: "SECRET_KEY_NEEDED",
        exit: 2,
        next: ["Pass --key password."],
      });
      expect(trial.changes).toEqual([]);
    },
  );

  it("gennet secrets rotate generates a value that is not valid Base64 for a reader with decodingStrategy Auto", async () => {
    for (const { memory } of trial.regions) {
      const external = memory.objects.get("ExternalSecret shop/db");
      const data = [
        { secretKey: "PASSWORD", remoteRef: { key: name, property: "password", decodingStrategy: "Auto" } },
      ];
      if (external !== undefined) memory.store({ ...external, spec: { ...(external["spec"] as object), data } });
    }
    const refused = rotate({ ...input, length: 32 }, contextOf());
    await expect(refused).rejects.toThrow(/decodingStrategy Auto/);
    expect(trial.changes).toEqual([]);
    expect((await rotate(input, contextOf())).document.outcome).toBe("done");
    expect(valuesOf(trial)[0]).toMatch(/^[A-Za-z0-9]{33}$/);
  });

  it("gennet secrets rotate generates a random value otherwise", async () => {
    await rotate(input, contextOf());
    const [value = "", ...others] = new Set(valuesOf(trial));
    expect(others).toEqual([]);
    expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it.each([
    ["the user declines", { yes: false }, { answers: [{ at: "Rotate", answer: false }] }, "INTERRUPTED"],
    ["it is not interactive", { yes: false }, {}, "USAGE_ANSWER_MISSING"],
    ["it cannot prompt for the value", { prompt: true }, {}, "USAGE_ANSWER_MISSING"],
    ["the value is empty", { stdin: true }, { stdin: "\n" }, "USAGE_INVALID"],
    ["the value is given twice", { stdin: true, prompt: true }, {}, "USAGE_INVALID"],
    ["no key of the object is named", { key: undefined }, {}, "SECRET_KEY_NEEDED"],
    ["the object has no such key", { key: "pasword" }, {}, "SECRET_KEY_NEEDED"],
    ["the secret does not exist", { name: "acme/nowhere" }, {}, "SECRET_UNKNOWN"],
    ["no run is unfinished", { resume: true }, {}, "SAGA_NOTHING_TO_RESUME"],
  ] as const)("gennet secrets rotate changes nothing if %s", async (_why, more, host, code) => {
    await expect(rotate({ ...input, ...more }, contextOf(host as HostOptions))).rejects.toMatchObject({ code });
    expect(trial.changes).toEqual([]);
  });

  it("gennet secrets rotate rejects a value that would not reach the pods, with every reason", async () => {
    const external = trial.regions[0]?.memory.objects.get("ExternalSecret shop/db");
    const deployment = trial.regions[1]?.memory.objects.get("Deployment shop/orders");
    if (external === undefined || deployment === undefined) throw new Error("there is nothing");
    trial.regions[0]?.memory.store({ ...external, spec: { ...(external["spec"] as object), refreshInterval: "0" } });
    trial.regions[1]?.memory.store({ ...deployment, spec: { ...(deployment["spec"] as object), paused: true } });
    await expect(rotate(input, contextOf())).rejects.toMatchObject({
      code: "SECRET_NOT_ROTATABLE",
      exit: 3,
      message: expect.stringMatching(/refreshInterval is 0.*its rollout is paused/),
    });
    expect(trial.changes).toEqual([]);
  });

  it("gennet secrets rotate refuses to start while another process's version is pending", async () => {
    trial.secret.labels.set("AWSPENDING", "v9");
    await expect(rotate(input, contextOf())).rejects.toMatchObject({ code: "SECRET_ROTATION_IN_FLIGHT", exit: 7 });
  });

  it("gennet secrets rotate refuses to skip a region that has a replica", async () => {
    const one = platform.regions.slice(0, 1);
    await expect(rotate(input, contextOf({}, one))).rejects.toMatchObject({ code: "SECRET_REGION_LEFT_OUT", exit: 2 });
    const other = platform.regions.slice(1);
    await expect(rotate(input, contextOf({}, other))).rejects.toMatchObject({ code: "SECRET_REGION_LEFT_OUT" });
  });

  it("gennet secrets rotate exits according to the failure, and reports that everything was restored", async () => {
    for (const region of trial.regions) region.operator = false;
    const outcome = await rotate({ ...input, stdin: true }, contextOf(given));
    expect(answer(outcome)).toEqual({ exit: 6, outcome: "undone", code: "SECRET_NOT_SYNCED" });
    const text = present(outcome.document, view);
    expect(text).toContain("not rotated: acme/orders/db is as before.");
    expect(text).toContain("Is its operator running?");
  });
});

describe("an unfinished rotation", () => {
  async function begun(more: Partial<SecretsRotateInput>, at: number): Promise<void> {
    trial.kill(at, "before");
    await expect(rotate({ ...input, ...more }, contextOf(given))).rejects.toBeInstanceOf(Killed);
    expect(told.at(-1)).toContain("is unfinished: --resume continues it");
    trial.revive();
  }

  it("An unfinished rotation blocks another one, and --resume continues it with its stored value", async () => {
    await begun({ stdin: true }, 2);
    await expect(rotate(input, contextOf())).rejects.toMatchObject({ code: "SECRET_ROTATION_UNFINISHED", exit: 7 });
    expect(answer(await rotate({ ...input, resume: true }, contextOf())).outcome).toBe("done");
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.next]));
  });

  it("An unfinished rotation asks again for a given value that it had not stored yet", async () => {
    await begun({ stdin: true }, 0);
    const again = { ...input, resume: true };
    await expect(rotate(again, contextOf())).rejects.toMatchObject({ code: "USAGE_ANSWER_MISSING" });
    expect(answer(await rotate({ ...again, stdin: true }, contextOf(given))).outcome).toBe("done");
  });

  it("An unfinished rotation is rolled back by gennet secrets rollback", async () => {
    await begun({ stdin: true }, 2);
    const how = { name, syncTimeout: 60_000, rolloutTimeout: 60_000, accept: false, dryRun: false, yes: true };
    expect(answer(await rollback(how, contextOf()))).toEqual({ exit: 0, outcome: "undone", code: "SAGA_TURNED_BACK" });
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.old]));
    expect(answer(await rollback(how, contextOf()))).toEqual({ exit: 0, outcome: "done", code: undefined });
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.older]));
  });
});

describe("gennet secrets verify and list", () => {
  it("gennet secrets verify shows what has the value, and what has a different one", async () => {
    const well = await verify({ name }, contextOf());
    assertDocument(envelope(well.document));
    expect(well.exit).toBe(0);
    expect(well.document.findings.map(({ severity, region, subject }) => [severity, region, subject])).toEqual([
      ["ok", undefined, "replica of acme/orders/db in us-east-1"],
      ["ok", "site-eu-west-1", "secret shop/db"],
      ["ok", "site-eu-west-1", "deployment shop/orders"],
      ["ok", "site-us-east-1", "secret shop/db"],
      ["ok", "site-us-east-1", "deployment shop/orders"],
    ]);
    trial.secret.labels.set("AWSCURRENT", v0).set("AWSPREVIOUS", v1);
    await trial.regions[1]?.refresh();
    const { exit, document } = await verify({ name }, contextOf());
    expect(exit).toBe(3);
    expect(document.findings.map(({ severity, summary }) => [severity, summary])).toEqual([
      ["ok", "has the primary's value"],
      ["fail", "holds the AWSPREVIOUS value"],
      ["fail", "holds the AWSPREVIOUS value in pod orders-1, orders-2"],
      ["ok", "holds the AWSCURRENT value"],
      ["fail", "holds the AWSPREVIOUS value in pod orders-1, orders-2"],
    ]);
  });

  it("gennet secrets list lists a secret once with its replicas, and its readers", async () => {
    const { exit, document } = await list({}, contextOf());
    assertDocument(envelope(document));
    expect(exit).toBe(0);
    const reader = { namespace: "shop", externalSecret: "db", ready: true };
    expect(document.items).toEqual([
      {
        name,
        awsRegion: "eu-west-1",
        replicas: ["us-east-1"],
        readers: [
          { region: "site-eu-west-1", ...reader },
          { region: "site-us-east-1", ...reader },
        ],
      },
    ]);
  });
});

describe("no value", () => {
  it("No secret value is in answers, progress or the journal", async () => {
    trial.secret.labels.delete("AWSPREVIOUS");
    const { document } = await rotate({ ...input, stdin: true }, contextOf(given));
    const folder = join(state, "gennet/journal/secrets");
    const files = (await readdir(folder)).filter((file) => file.endsWith(".jsonl"));
    const journals = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    expect(journals).toHaveLength(1);
    const all = [JSON.stringify(document), present(document, view), ...told, ...journals].join("\n");
    expect(plantedIn(all, Object.values(planted))).toEqual([]);
  });
});
