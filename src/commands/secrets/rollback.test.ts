import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertDocument } from "../../../test/support/documents.ts";
import { v0, v1 } from "../../../test/support/memory-secrets.ts";
import type { HostOptions } from "../../../test/support/host.ts";
import { Killed, planted, type RotationTrial, rotationTrial, valuesOf } from "../../../test/support/rotation-trial.ts";
import { secretsContext, secretsView } from "../../../test/support/secrets-context.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { envelope } from "../../core/outcome.ts";
import { present, run as rollback } from "./rollback.run.ts";
import { run as rotate } from "./rotate.run.ts";

const name = "acme/orders/db";
const limits = { syncTimeout: 60_000, rolloutTimeout: 60_000, dryRun: false, yes: true };
const back = { name, accept: false, ...limits };
const forth = { name, key: "password", stdin: true, prompt: false, length: undefined, resume: false, ...limits };

let state: string;
let trial: RotationTrial;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "gennet-rollback-"));
  trial = rotationTrial();
  await trial.settle();
});
afterEach(async () => rm(state, { recursive: true }));

function contextOf(options: HostOptions = {}): Context {
  const { clock, stores, regions } = trial;
  return secretsContext({ clock, stores, sites: regions.map(({ site }) => site), state, told: [] }, options);
}

/**
 * New pods crash in the second region, and External Secrets of the first one stops after AWSCURRENT has been restored.
 */
async function stuck() {
  const [first, second] = trial.regions;
  if (first === undefined || second === undefined) throw new Error("there are two regions");
  second.crashing = planted.next;
  trial.onChange = async () => {
    if (/^AWSCURRENT .* → (.*)$/.exec(trial.changes.at(-1) ?? "")?.[1] === v1) first.operator = false;
  };
  return rotate(forth, contextOf({ stdin: `${planted.next}\n` }));
}

describe("a rotation that is stuck", () => {
  it("A stuck rotation lists which pod has which value, and the next commands", async () => {
    const { exit, document } = await stuck();
    assertDocument(envelope(document));
    expect({ exit, outcome: document.outcome }).toEqual({ exit: 3, outcome: "stuck" });
    const text = present(document, secretsView);
    expect(text).toMatch(/site-eu-west-1 · Deployment shop\/orders: orders-\d previous, orders-\d previous/);
    expect(text).toMatch(/site-us-east-1 · Deployment shop\/orders: orders-\d current, orders-\d current/);
    expect(text).toContain(`→ gennet secrets verify ${name}\n`);
    expect(text).toContain(`→ gennet secrets rollback ${name} --accept`);
    expect(text).toContain("→ kubectl --context site-eu-west-1 -n shop describe externalsecret db");
  });

  it("A stuck rotation is ended by --accept, after which another one can start", async () => {
    await stuck();
    await expect(rotate(forth, contextOf({ stdin: planted.next }))).rejects.toMatchObject({
      code: "SECRET_ROTATION_UNFINISHED",
      next: expect.arrayContaining([expect.stringContaining("--accept")]),
    });
    const { exit, document } = await rollback({ ...back, accept: true }, contextOf());
    assertDocument(envelope(document));
    expect({ exit, outcome: document.outcome }).toEqual({ exit: 0, outcome: "accepted" });
    expect(document.holders?.map(({ holds }) => holds)).toEqual(["previous", "previous", "current", "current"]);
    expect(trial.secret.labels.has("AWSPENDING")).toBe(false);
    for (const region of trial.regions) Object.assign(region, { operator: true, crashing: undefined });
    expect((await rotate(forth, contextOf({ stdin: planted.next }))).document.outcome).toBe("done");
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.next]));
  });

  it("A stuck rotation is not ended by a dry run, nor without confirmation", async () => {
    await stuck();
    const { exit, document } = await rollback({ ...back, accept: true, dryRun: true }, contextOf());
    expect({ exit, outcome: document.outcome }).toEqual({ exit: 8, outcome: "pending" });
    expect(present(document, secretsView)).toContain("orders");
    await expect(rollback({ ...back, accept: true, yes: false }, contextOf())).rejects.toMatchObject({
      code: "USAGE_ANSWER_MISSING",
    });
    expect((await rollback({ ...back, accept: true }, contextOf())).document.outcome).toBe("accepted");
  });

  it("A stuck rotation can be ended even if AWS and a cluster no longer respond; the answer shows what is unknown", async () => {
    await stuck();
    const store = trial.stores.get("eu-west-1");
    const site = trial.regions[1]?.site;
    if (store === undefined || site === undefined) throw new Error("there is nothing");
    const away = () => Promise.reject(new AppError("KUBE_UNREACHABLE", "no connection"));
    Object.assign(store, { moveStage: () => Promise.reject(new AppError("AWS_DENIED", "not allowed")) });
    Object.assign(site, { externalSecrets: { ...site.externalSecrets, list: away } });
    const { exit, document } = await rollback({ ...back, accept: true }, contextOf());
    expect(exit).toBe(0);
    expect(document.findings.map(({ severity, summary }) => [severity, summary])).toEqual([
      ["unknown", expect.stringContaining("no connection")],
      ["unknown", expect.stringContaining("not allowed")],
    ]);
    expect(document.findings.at(-1)?.fix).toContain("--version-stage AWSPENDING --remove-from-version-id");
  });

  it("A rotation that does not exist cannot be ended", async () => {
    await expect(rollback({ ...back, accept: true }, contextOf())).rejects.toMatchObject({
      code: "SAGA_NOTHING_TO_RESUME",
    });
  });
});

describe("a roll-back", () => {
  it("A roll-back to a binary version is rejected if its readers need a property of it, and leaves nothing behind", async () => {
    trial.secret.texts.set(v0, Uint8Array.from([0xff, 0, 1]));
    const before = trial.changes.length;
    for (let time = 0; time < 2; time++) {
      await expect(rollback(back, contextOf())).rejects.toMatchObject({ code: "SECRET_NOT_ROTATABLE", exit: 3 });
    }
    expect(trial.changes.length).toBe(before);
  });

  it("A roll-back that cannot continue because a version is gone shows what to do", async () => {
    trial.kill(3, "before");
    await expect(rotate(forth, contextOf({ stdin: planted.next }))).rejects.toBeInstanceOf(Killed);
    trial.revive();
    trial.secret.texts.delete(v1);
    await expect(rollback({ ...back, accept: true }, contextOf())).resolves.toMatchObject({ exit: 0 });
  });
});
