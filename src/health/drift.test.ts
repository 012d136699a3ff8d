import { describe, expect, it } from "vitest";
import { application, project } from "../../test/support/applications.ts";
import { askOne } from "../../test/support/health-trial.ts";
import { ago } from "../../test/support/kube-objects.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import { gitopsSync } from "./checks/gitops-sync.ts";

interface Entry {
  readonly manager: string;
  readonly fieldsV1: object;
  readonly minutes?: number;
  readonly subresource?: string;
}

/** An object that Argo CD applied 10 minutes ago, and what others have set in it since. */
function live(
  object: Pick<KubeObject, "apiVersion" | "kind">,
  entries: readonly Entry[],
  applied?: object,
): KubeObject {
  const annotations =
    applied === undefined ? {} : { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied) };
  const managedFields = entries.map(({ manager, fieldsV1, minutes = 9, subresource }) => ({
    manager,
    operation: "Update",
    time: ago(minutes),
    fieldsType: "FieldsV1",
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  }));
  const namespaced = object.kind === "ValidatingWebhookConfiguration" ? {} : { namespace: "shop" };
  return { ...object, metadata: { name: "orders", ...namespaced, annotations, managedFields } };
}

interface Trial {
  readonly selfHeal?: boolean;
  readonly healings?: number;
  readonly errors?: Readonly<Record<string, AppError>>;
}

async function find(
  object: KubeObject,
  { selfHeal = false, healings, errors = {} }: Trial = {},
): Promise<Finding | undefined> {
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
  const { name, namespace } = object.metadata;
  const resource = { group, version, kind: object.kind, name, ...(namespace && { namespace }), status: "OutOfSync" };
  const orders = application(
    "orders",
    {
      sync: { status: "OutOfSync", revision: "c0ffee0" },
      reconciledAt: ago(1),
      operationState: {
        operation: { initiatedBy: { automated: true }, sync: { ...(healings && { autoHealAttemptsCount: healings }) } },
        phase: "Succeeded",
        startedAt: ago(10),
        finishedAt: ago(9.5),
        syncResult: { revision: "c0ffee0" },
      },
      resources: [resource as never],
    },
    {
      spec: {
        project: "default",
        destination: { server: "https://kubernetes.default.svc", namespace: "shop" },
        syncPolicy: { automated: { selfHeal } },
      },
    },
  );
  return (await askOne(gitopsSync, { objects: [orders, object, project("default")], errors })).findings[0];
}

const webhooks = (failurePolicy: string) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  webhooks: [{ name: "validation.istio.io", failurePolicy, sideEffects: "None" }],
});
const istiods: Entry = {
  manager: "pilot-discovery",
  fieldsV1: {
    "f:webhooks": {
      'k:{"name":"validation.istio.io"}': { "f:failurePolicy": {}, "f:clientConfig": { "f:caBundle": {} } },
    },
  },
};
const argocds: Entry = {
  manager: "argocd-controller",
  fieldsV1: {
    "f:webhooks": { ".": {}, 'k:{"name":"validation.istio.io"}': { ".": {}, "f:name": {}, "f:sideEffects": {} } },
  },
  minutes: 10,
};

describe("a resource that differs again after its sync", () => {
  // argo-cd#25447, istio#52785
  it("A change after a sync is named by field and manager, with the setting that makes Argo CD ignore it", async () => {
    const finding = await find(live(webhooks("Fail"), [argocds, istiods], webhooks("Ignore")), {
      selfHeal: true,
      healings: 7,
    });
    expect(finding).toMatchObject({
      severity: "warn",
      summary:
        "out of sync since its last sync: ValidatingWebhookConfiguration orders; pilot-discovery changed webhooks[name=validation.istio.io].failurePolicy of ValidatingWebhookConfiguration orders; self-healing has synced this commit 7 times",
    });
    const ignored = JSON.stringify([
      {
        group: "admissionregistration.k8s.io",
        kind: "ValidatingWebhookConfiguration",
        name: "orders",
        jqPathExpressions: ['.webhooks[]? | select(.name == "validation.istio.io") | .failurePolicy'],
      },
    ]);
    expect(finding?.fix).toBe(
      `if that is intended, add to the spec of application orders: ignoreDifferences: ${ignored}, and RespectIgnoreDifferences=true to its syncOptions`,
    );
  });

  it("After a server-side apply, changes are the fields that Argo CD no longer owns", async () => {
    const finding = await find(live(webhooks("Fail"), [argocds, istiods]));
    expect(finding?.summary).toContain("pilot-discovery changed webhooks[name=validation.istio.io].failurePolicy");
    const before = await find(live(webhooks("Fail"), [argocds, { ...istiods, minutes: 30 }]));
    expect(before?.summary).toBe("out of sync: ValidatingWebhookConfiguration orders");
  });

  it("The replicas that an autoscaler sets through the scale subresource are a change", async () => {
    const deployment = (replicas: number) => ({ apiVersion: "apps/v1", kind: "Deployment", spec: { replicas } });
    const scaled = { manager: "kube-controller-manager", fieldsV1: { "f:spec": { "f:replicas": {} } } };
    const status = { ...scaled, fieldsV1: { "f:status": { "f:replicas": {} } }, subresource: "status" };
    const entries = [{ ...scaled, subresource: "scale" }, status];
    const finding = await find(live(deployment(5), entries, deployment(2)));
    expect(finding?.summary).toContain("kube-controller-manager changed spec.replicas of Deployment orders");
    expect(finding?.fix).toContain('"jsonPointers":["/spec/replicas"]');
    expect(finding?.fix).not.toContain("RespectIgnoreDifferences");
  });

  it("A change by a person is reported with the command that syncs again", async () => {
    const map = (colour: string) => ({ apiVersion: "v1", kind: "ConfigMap", data: { colour } });
    const edited = { manager: "kubectl-edit", fieldsV1: { "f:data": { "f:colour": {} } } };
    const finding = await find(live(map("red"), [edited], map("blue")));
    expect(finding?.summary).toContain("kubectl-edit changed data.colour of ConfigMap orders");
    expect(finding?.summary).not.toContain("red");
    expect(finding?.fix).toBe("gennet sync orders --region eu");
  });

  it("Fields that are not in Git, and fields that match Git, are not changes", async () => {
    const map = { apiVersion: "v1", kind: "ConfigMap", data: { colour: "blue" } };
    const others = { manager: "reloader", fieldsV1: { "f:data": { "f:colour": {}, "f:added": {} } } };
    expect((await find(live(map, [others], map)))?.summary).toBe("out of sync: ConfigMap orders");
  });

  it("Secrets are not read, and resources that may not be read are not reported", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", data: { password: "eA==" } };
    const changed = { manager: "controller", fieldsV1: { "f:data": { "f:password": {} } } };
    expect((await find(live(secret, [changed])))?.summary).toBe("out of sync: Secret orders");
    const map = { apiVersion: "v1", kind: "ConfigMap", data: { colour: "red" } };
    const edited = { manager: "controller", fieldsV1: { "f:data": { "f:colour": {} } } };
    const errors = { ConfigMap: new AppError("KUBE_DENIED", "forbidden") };
    expect((await find(live(map, [edited]), { errors }))?.summary).toBe("out of sync: ConfigMap orders");
    expect((await find(live(map, [edited])))?.summary).toContain("controller changed data.colour");
  });
});

describe("self-healing in vain", () => {
  const looping = (healings: number, minutes: number, sync = "Synced") =>
    application("orders", {
      sync: { status: sync, revision: "c0ffee0" },
      reconciledAt: ago(1),
      operationState: {
        operation: { initiatedBy: { automated: true }, sync: { autoHealAttemptsCount: healings } },
        phase: "Succeeded",
        startedAt: ago(minutes + 1),
        finishedAt: ago(minutes),
        syncResult: { revision: "c0ffee0" },
      },
    });
  const said = async (healings: number, minutes: number) => {
    const objects = [looping(healings, minutes), project("default")];
    const [finding] = (await askOne(gitopsSync, { objects })).findings;
    return `${finding?.severity} ${finding?.summary}`;
  };

  it("Repeated self-healing is reported even while the Application looks synced", async () => {
    expect(await said(12, 4)).toBe(
      "warn self-healing has synced this commit 12 times: something keeps changing what was synced",
    );
    expect(await said(2, 4)).toMatch(/^ok /);
    expect(await said(12, 60)).toMatch(/^ok /);
  });
});
