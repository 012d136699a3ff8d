import { describe, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { askAll, type HealthTrial } from "../../../test/support/health-trial.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { Finding } from "../../core/finding.ts";

const apiVersion = "external-secrets.io/v1";
const unready = (reason: string, message: string): object => ({
  conditions: [{ type: "Ready", status: "False", reason, message }],
});
const ready = { conditions: [{ type: "Ready", status: "True", reason: "Valid" }] };

function store(name: string, status: object | undefined, namespace?: string): KubeObject {
  const kind = namespace === undefined ? "ClusterSecretStore" : "SecretStore";
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec: {}, ...(status && { status }) };
}

function external(name: string, storeName: string, status: object, kind = "ClusterSecretStore"): KubeObject {
  const spec = { secretStoreRef: { kind, name: storeName }, dataFrom: [{ extract: { key: `acme/${name}` } }] };
  return { apiVersion, kind: "ExternalSecret", metadata: { name, namespace: "shop" }, spec, status };
}

async function ask(objects: readonly KubeObject[], more: HealthTrial = {}): Promise<readonly string[]> {
  const findings = await askAll({ objects, ...more }, { only: ["secrets/store", "secrets/ready"] });
  const own = findings.filter(({ id }) => id === "secrets/store" || id === "secrets/ready");
  return own.map(({ id, severity, subject, summary, cause }: Finding) =>
    [`${severity} ${id} ${subject}: ${summary}`, ...(cause === undefined ? [] : [`(${cause})`])].join(" "),
  );
}

const denied = "could not get provider client: AccessDenied: role not found";

describe("secrets/store", () => {
  it("A store without credentials is one failure, and the ExternalSecrets that read it are its symptoms", async () => {
    const failed = (id: string): object => unready("SecretSyncedError", `${denied}, RequestID: ${id}`);
    const objects = [
      store("aws", unready("InvalidProviderConfig", denied)),
      external("orders", "aws", failed("a-1")),
      external("payments", "aws", failed("a-2")),
    ];
    expect(await ask(objects)).toEqual([
      `fail secrets/store store ClusterSecretStore aws: not ready: ${denied}`,
      `fail secrets/ready 2 externalsecrets (shop/orders, shop/payments): not ready: ${denied}, RequestID: a-1 (secrets/store)`,
    ]);
  });

  it("An Application that deployed them is a symptom, and so is the one of an ExternalSecret that fails", async () => {
    const owning = (name: string, kind: string, resource: string, namespace?: string): KubeObject =>
      application(name, {
        health: { status: "Degraded" },
        resources: [{ group: "external-secrets.io", kind, name: resource, ...(namespace && { namespace }) }],
      });
    const objects = [
      store("aws", unready("InvalidProviderConfig", denied)),
      external("orders", "none", unready("SecretSyncedError", "could not get secret")),
      owning("platform-stores", "ClusterSecretStore", "aws"),
      owning("orders", "ExternalSecret", "orders", "shop"),
      project("default"),
    ];
    const findings = await askAll({ objects });
    const causes = findings.filter(({ id, severity }) => id === "gitops/health" && severity === "fail");
    expect(causes.map(({ subject, cause }) => [subject, cause])).toEqual([
      ["application platform-stores", "secrets/store"],
      ["application orders", "secrets/ready"],
    ]);
  });

  it("An ExternalSecret that fails for its own reason is no symptom of another store", async () => {
    const objects = [
      store("aws", ready),
      store("aws", unready("InvalidProviderConfig", denied), "shop"),
      external("orders", "aws", unready("SecretSyncedError", "no such secret")),
    ];
    expect(await ask(objects)).toEqual([
      `fail secrets/store store SecretStore shop/aws: not ready: ${denied}`,
      "ok secrets/store 1 store: ready",
      "fail secrets/ready externalsecret shop/orders: not ready: no such secret",
    ]);
  });

  it("Equal errors of AWS in different responses are one finding", async () => {
    const failed = (id: string): object => unready("SecretSyncedError", `AccessDeniedException, RequestID: ${id}`);
    const objects = [store("aws", ready), external("a", "aws", failed("1-a")), external("b", "aws", failed("2-b"))];
    expect((await ask(objects)).filter((each) => each.startsWith("fail"))).toEqual([
      "fail secrets/ready 2 externalsecrets (shop/a, shop/b): not ready: AccessDeniedException, RequestID: 1-a",
    ]);
  });

  it("A store that was never validated is a warning, and only stores of the selected namespace are checked", async () => {
    const objects = [store("new", undefined), store("other", unready("Error", "no"), "billing")];
    expect((await ask(objects, { namespace: "shop" }))[0]).toBe(
      "warn secrets/store store ClusterSecretStore new: External Secrets has not validated it yet",
    );
  });

  it("Where no External Secrets is expected, stores that nothing has validated are skipped", async () => {
    expect((await ask([store("new", undefined)]))[0]).toBe(
      "skip secrets/store store ClusterSecretStore new: External Secrets has not validated it yet",
    );
  });

  it("Without a store, there is nothing to check", async () => {
    expect((await ask([]))[0]).toBe("skip secrets/store stores: there are none here");
  });
});
