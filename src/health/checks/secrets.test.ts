import { describe, expect, it } from "vitest";
import type { SecretsManager } from "../../aws/secrets/port.ts";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { sourcesOf } from "../../../test/support/health-trial.ts";
import { ago, testNow } from "../../../test/support/kube-objects.ts";
import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { runChecks } from "../../core/run-checks.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { createHealthContext, type HealthContext } from "../health-context.ts";
import { secretsFresh } from "./secrets-fresh.ts";
import { secretsReady } from "./secrets-ready.ts";
import { secretsReplicas } from "./secrets-replicas.ts";

function external(name: string, status: object | undefined, spec: object = {}): KubeObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace: "shop" },
    spec: {
      refreshInterval: "1h0m0s",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
      dataFrom: [{ extract: { key: `acme/${name}` } }],
      ...spec,
    },
    ...(status && { status }),
  };
}

const store = (aws: object): KubeObject => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ClusterSecretStore",
  metadata: { name: "aws" },
  spec: { provider: { aws: { service: "SecretsManager", region: "eu-west-1", ...aws } } },
});

const synced = (minutesAgo: number) => ({
  refreshTime: ago(minutesAgo),
  conditions: [{ type: "Ready", status: "True", reason: "SecretSynced" }],
});
const denied = {
  conditions: [{ type: "Ready", status: "False", reason: "SecretSyncedError", message: "AccessDeniedException" }],
};

interface Stored {
  readonly name: string;
  readonly changedMinutesAgo: number;
  readonly replicas?: readonly { readonly awsRegion: string; readonly status: string; readonly message?: string }[];
}

async function ask(
  check: Check<HealthContext>,
  objects: readonly KubeObject[],
  stored?: readonly Stored[] | AppError,
): Promise<readonly Finding[]> {
  const { signal } = new AbortController();
  const now = (): number => testNow;
  const summaries = (stored instanceof AppError ? [] : (stored ?? [])).map(({ name, changedMinutesAgo }) => ({
    name,
    arn: `arn:aws:secretsmanager:eu-west-1:1:secret:${name}-AbCdEf`,
    primaryRegion: "eu-west-1",
    changedAt: new Date(testNow - changedMinutesAgo * 60_000),
    rotatedByAws: false,
    tags: {},
  }));
  const port: Pick<SecretsManager, "list" | "describe"> = {
    list: async function* () {
      if (stored instanceof AppError) throw stored;
      yield summaries;
    },
    describe: async (arn) => {
      const summary = summaries.find((each) => each.arn === arn);
      const own = (stored as readonly Stored[]).find((each) => each.name === summary?.name);
      return summary && { ...summary, versions: {}, replicas: own?.replicas ?? [] };
    },
  };
  const hasStore = objects.some(({ kind }) => kind === "ClusterSecretStore");
  const sources = sourcesOf(fakeCluster({ objects: hasStore ? objects : [...objects, store({})] }));
  const secretsManager = { awsRegion: "eu-west-1", open: async () => port as SecretsManager };
  const secrets = { ...sources.secrets, ...(stored === undefined ? {} : { store: secretsManager }) };
  const context = createHealthContext({ ...sources, secrets, now }, signal);
  return runChecks([{ ...check, needs: [] }], { context, now, signal });
}

const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);

describe("secrets/ready", () => {
  it("ExternalSecrets that are not ready are reported with the reason, and together if it is the same", async () => {
    const objects = [external("a", synced(1)), external("b", denied), external("c", denied), external("d", undefined)];
    expect(said(await ask(secretsReady, objects))).toEqual([
      "fail 2 externalsecrets (shop/b, shop/c): not ready: AccessDeniedException",
      "warn externalsecret shop/d: not ready: External Secrets has not reconciled it yet",
      "ok 1 ExternalSecret: ready",
    ]);
  });

  // external-secrets#3879, external-secrets#1049
  it.each([
    ["SecretDeleted", "secret deleted due to DeletionPolicy=Delete"],
    ["SecretMissing", "secret will not be created due to CreationPolicy=Merge"],
    ["SecretSynced", "secret retained due to DeletionPolicy=Retain"],
  ])("An ExternalSecret whose Secret got no value is not ready: %s, %s", async (reason, message) => {
    const status = { refreshTime: ago(1), conditions: [{ type: "Ready", status: "True", reason, message }] };
    expect(said(await ask(secretsReady, [external("db", status)]))).toEqual([
      `fail externalsecret shop/db: not ready: ${message}`,
    ]);
  });

  it("secrets/ready is skipped without ExternalSecrets", async () => {
    expect(said(await ask(secretsReady, []))).toEqual(["skip ExternalSecrets: there are none here"]);
  });
});

describe("secrets/fresh", () => {
  const notCompared =
    "not compared: never synced, or reads more than the current versions of secrets of this account and AWS region";

  it.each([
    ["was synced after it changed", 200, 10, {}, undefined],
    ["changed a moment ago, and is looked at within the hour", 30, 50, {}, undefined],
    ["changed long ago, and was not synced since", 200, 300, {}, "fail"],
    ["never looks again", 10, 300, { refreshPolicy: "CreatedOnce" }, "warn"],
  ])(
    "secrets/fresh judges an ExternalSecret that %s",
    async (_what, changedMinutesAgo, syncedMinutesAgo, spec, severity) => {
      const findings = await ask(
        secretsFresh,
        [external("db", synced(syncedMinutesAgo), spec)],
        [{ name: "acme/db", changedMinutesAgo }],
      );
      const summary = severity === undefined ? "up to date with AWS" : "was not synced since";
      expect(findings[0]).toMatchObject({
        severity: severity ?? "ok",
        summary: expect.stringContaining(summary) as string,
      });
    },
  );

  it("A Secret that was not compared does not count as up to date", async () => {
    const compared = external("db", synced(1));
    const searched = external("all", synced(1), { data: [], dataFrom: [{ find: { name: { regexp: ".*" } } }] });
    expect(said(await ask(secretsFresh, [compared, searched], [{ name: "acme/db", changedMinutesAgo: 9 }]))).toEqual([
      `skip externalsecret shop/all: ${notCompared}`,
      "ok 1 Secret: up to date with AWS",
    ]);
    expect(said(await ask(secretsFresh, [compared], []))).toEqual([`skip externalsecret shop/db: ${notCompared}`]);
  });

  it.each([
    ["is pinned to a version", synced(1), { dataFrom: [{ extract: { key: "acme/db", version: "uuid/4b1d" } }] }],
    ["reads the version before", synced(1), { dataFrom: [{ extract: { key: "acme/db", version: "AWSPREVIOUS" } }] }],
    ["was never synced", { conditions: synced(1).conditions }, {}],
    ["has no source", synced(1), { dataFrom: [] }],
  ])("A Secret does not count as up to date if it %s", async (_what, status, spec) => {
    expect(
      said(await ask(secretsFresh, [external("db", status, spec)], [{ name: "acme/db", changedMinutesAgo: 9 }])),
    ).toEqual([`skip externalsecret shop/db: ${notCompared}`]);
  });

  it.each([
    ["another region", { region: "us-east-1" }],
    ["another account", { role: "arn:aws:iam::2:role/reader" }],
    ["Parameter Store", { service: "ParameterStore" }],
    ["secrets behind another prefix", { prefix: "team-b/" }],
  ])("A secret of the same name is not mistaken for one from %s", async (_what, aws) => {
    const objects = [external("db", synced(1)), store(aws)];
    expect(said(await ask(secretsFresh, objects, [{ name: "acme/db", changedMinutesAgo: 9 }]))).toEqual([
      `skip externalsecret shop/db: ${notCompared}`,
    ]);
    const replicas = [{ awsRegion: "us-east-1", status: "Failed" }];
    const [finding] = await ask(secretsReplicas, objects, [{ name: "acme/db", changedMinutesAgo: 1, replicas }]);
    expect(finding?.severity).toBe("skip");
  });

  it("Secrets are found with the store's prefix in its own account, and intervals are Go durations", async () => {
    const objects = [
      external("db", synced(200), { refreshInterval: "1.5h" }),
      store({ prefix: "team-a/", role: "arn:aws:iam::1:role/reader" }),
    ];
    const asked = (changedMinutesAgo: number) =>
      ask(secretsFresh, objects, [{ name: "team-a/acme/db", changedMinutesAgo }]);
    expect(said(await asked(80))).toEqual(["ok 1 Secret: up to date with AWS"]);
    expect((await asked(100))[0]?.severity).toBe("fail");
  });

  it("secrets/fresh is unknown if AWS denies access", async () => {
    const refused = new AppError("AWS_DENIED", "AWS denied it");
    const [finding] = await ask(secretsFresh, [external("db", synced(1))], refused);
    expect(finding).toMatchObject({ severity: "unknown", obstacle: "denied" });
  });

  it("AWS is not asked for a kubeconfig context, or if nothing reads a secret", async () => {
    expect((await ask(secretsFresh, [external("db", synced(1))]))[0]?.severity).toBe("skip");
    const refused = new AppError("AWS_DENIED", "AWS denied it");
    expect((await ask(secretsFresh, [], refused))[0]?.severity).toBe("skip");
  });
});

describe("secrets/replicas", () => {
  it("Replicas are not reported as in sync if none was checked", async () => {
    const [finding] = await ask(
      secretsReplicas,
      [external("db", synced(1))],
      [{ name: "acme/db", changedMinutesAgo: 1 }],
    );
    expect(finding).toMatchObject({ severity: "skip" });
  });

  it("Replicas that are not in sync are reported with AWS's message", async () => {
    const replicas = [
      { awsRegion: "us-east-1", status: "InSync" },
      { awsRegion: "ap-south-1", status: "Failed", message: "Secret with this name already exists in this region" },
      { awsRegion: "eu-west-2", status: "InProgress" },
    ];
    const stored = [
      { name: "acme/db", changedMinutesAgo: 1, replicas },
      { name: "acme/nobody-reads-it", changedMinutesAgo: 1, replicas: [{ awsRegion: "us-east-1", status: "Failed" }] },
    ];
    expect(said(await ask(secretsReplicas, [external("db", synced(1))], stored))).toEqual([
      "fail replica of acme/db in ap-south-1: Failed: Secret with this name already exists in this region",
      "warn replica of acme/db in eu-west-2: InProgress",
      "ok 1 replica: in sync",
    ]);
  });
});
