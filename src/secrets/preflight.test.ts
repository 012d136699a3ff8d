import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rotationInput, type RotationTrial, rotationTrial } from "../../test/support/rotation-trial.ts";
import { secretsContext } from "../../test/support/secrets-context.ts";
import { run as rotate } from "../commands/secrets/rotate.run.ts";
import { present, run as verify } from "../commands/secrets/verify.run.ts";
import type { Context } from "../context.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const input = rotationInput;
const { name } = input;
let state: string;
let trial: RotationTrial;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "gennet-secrets-"));
  trial = rotationTrial();
  await trial.settle();
});
afterEach(async () => rm(state, { recursive: true }));

function context(): Context {
  const { clock, stores } = trial;
  return secretsContext({ clock, stores, sites: trial.regions.map(({ site }) => site), state, told: [] });
}

/** Adds an object to the cluster of the first region. */
const store = (object: KubeObject): unknown => trial.regions[0]?.memory.store(object);
function annotate(annotations: Readonly<Record<string, string>>): void {
  const secret = trial.regions[0]?.memory.objects.get("Secret shop/db");
  if (secret !== undefined) store({ ...secret, metadata: { ...secret.metadata, annotations } });
}
const labels = () => Object.fromEntries(trial.secret.labels);

const providerClass = (objects: string, provider = "aws"): KubeObject => ({
  apiVersion: "secrets-store.csi.x-k8s.io/v1",
  kind: "SecretProviderClass",
  metadata: { name: "db", namespace: "batch" },
  spec: { provider, parameters: { objects } },
});

async function refusal(): Promise<string> {
  const before = labels();
  const error = await rotate(input, context()).catch((reason: unknown) => reason);
  expect(labels()).toEqual(before);
  return error instanceof Error ? error.message : "done";
}

const unknown = async () => {
  const { exit, document } = await verify({ name }, context());
  const found = document.findings.filter(({ severity }) => severity === "unknown");
  return [exit, ...found.map(({ subject, summary }) => `${subject}: ${summary}`)];
};

describe("pods that read the secret through the Secrets Store CSI driver", () => {
  // secrets-store-csi-driver-provider-aws#102
  it.each([
    ["a name", `- objectName: "${name}"\n  objectType: "secretsmanager"`],
    ["an ARN", `- objectName: arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`],
    ["a failover object", `- objectName: other\n  failoverObject: { objectName: "${name}" }`],
  ])(
    "Pods that read the secret through the Secrets Store CSI driver block a rotation and are unknown to verify: by %s",
    async (_what, objects) => {
      store(providerClass(objects));
      expect(await refusal()).toContain(
        "secretproviderclass batch/db: pods that mount it read the secret directly from AWS",
      );
      expect(await unknown()).toEqual([
        5,
        "secretproviderclass batch/db: pods that mount it read the secret directly from AWS, which gennet does not follow",
      ]);
    },
  );

  it("Pods may read the secret through the CSI driver if its objects cannot be parsed", async () => {
    store(providerClass("{{ .Values.objects }}"));
    expect(await refusal()).toContain("it may read the secret: its objects cannot be parsed");
  });

  it.each([
    ["another secret", providerClass("- objectName: acme/orders")],
    ["a parameter", providerClass(`- objectName: "${name}"\n  objectType: ssmparameter`)],
    ["another provider's", providerClass(`- objectName: "${name}"`, "vault")],
  ])("Pods that read %s through the CSI driver do not block a rotation", async (_what, object) => {
    store(object);
    expect(await unknown()).toEqual([0]);
    expect(await refusal().catch(() => "rotated")).toBe("rotated");
  });
});

describe("a Kubernetes Secret that is copied into other namespaces", () => {
  // kubernetes-reflector#279, kubernetes-reflector#337
  it.each([
    ["reflector", { "reflector.v1.k8s.emberstack.com/reflection-auto-enabled": "true" }],
    ["kubernetes-replicator", { "replicator.v1.mittwald.de/replicate-to": "batch" }],
    ["config-syncer", { "kubed.appscode.com/sync": "app=batch" }],
  ])(
    "A Kubernetes Secret that is copied to other namespaces blocks a rotation and is unknown to verify: %s",
    async (by, annotations) => {
      annotate(annotations);
      const copied = `${by} copies its Secret db into other namespaces, where gennet does not follow it`;
      expect(await refusal()).toContain(copied);
      expect(await unknown()).toEqual([5, `secret shop/db: ${copied}`]);
    },
  );

  it("A Kubernetes Secret whose annotation disables the copy does not block a rotation", async () => {
    annotate({ "reflector.v1.k8s.emberstack.com/reflection-allowed": "false" });
    expect(await unknown()).toEqual([0]);
  });
});

describe("a secret that no ExternalSecret reads", () => {
  // segmentio/chamber#267: programs read it from AWS when they start.
  it("A secret that no ExternalSecret reads is unknown to verify", async () => {
    for (const { memory } of trial.regions) {
      for (const key of memory.objects.keys()) if (key.startsWith("ExternalSecret ")) memory.objects.delete(key);
    }
    const unread = "no ExternalSecret in these clusters reads it: what uses its value is unknown";
    expect(await unknown()).toEqual([5, `secret ${name}: ${unread}`]);
    const { document } = await verify({ name }, context());
    const view = { wide: false, columns: 120, paint: (_tone: unknown, text: string) => text };
    expect(present(document, view)).toContain(`? secret ${name}: ${unread}`);
    const rotated = await rotate(input, context());
    expect([rotated.document.outcome, rotated.document.findings[0]?.summary]).toEqual(["done", unread]);
  });
});
