import { describe, expect, it } from "vitest";
import { exit } from "../core/exit.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import { type RegionTrial, regionTrial } from "../../test/support/region-trial.ts";
import { compareRegions, type RegionChange } from "./region-plan.ts";
import type { SyncedObject } from "./resources/platform/synced-object.ts";

const { signal } = new AbortController();
const base = {
  mirror: "https://git.example/mirror.git",
  tracing: { endpoint: "https://otlp.acme.example" },
};
const folder = "clusters/eu/platform";

function platformTrial(count: 1 | 2 = 1): RegionTrial {
  const trial = regionTrial(count);
  trial.edit((keys) => ({ ...keys, platform: base }));
  return trial;
}

async function planned(trial: RegionTrial, step: string, adopts = false): Promise<RegionChange | undefined> {
  const worlds = trial.sites.map((site) => ({ ...site.world(), adopts }));
  const plan = await compareRegions(worlds, signal);
  return plan.regions[0]?.changes.find((change) => change.step === step);
}

const files = (trial: RegionTrial): readonly string[] => [...(trial.repository.history().at(-1)?.files.keys() ?? [])];

describe("a region whose gennet.yaml has a platform", () => {
  it("A plan of nothing shows Argo CD, each file of the commit and the root Application, and a bootstrap makes them", async () => {
    const trial = platformTrial();
    expect((await planned(trial, "platform-files"))?.operations).toContainEqual({
      verb: "create",
      target: `${folder}/applications/istiod-1-31-0.yaml`,
    });
    expect((await planned(trial, "argo-cd"))?.operations).toContainEqual({
      verb: "create",
      target: "StatefulSet argocd/argocd-application-controller",
    });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    expect(files(trial)).toContain(`${folder}/applications/istiod-1-31-0.yaml`);
    expect(await trial.pending()).toBe(0);
  });

  it("Two regions that commit to one branch at once make one commit each", async () => {
    const trial = platformTrial(2);
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    const titles = trial.repository.history().map(({ message }) => message.split("\n")[0]);
    expect(titles).toHaveLength(2);
    expect(new Set(titles)).toEqual(new Set(["Platform acme in region eu", "Platform acme in region us"]));
  });

  it("Without changes, nothing is committed, and commits of others to other folders change nothing", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    trial.repository.push({ "services/orders.yaml": "x", [`${folder}/notes.txt`]: "mine" });
    const before = trial.repository.changes();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(trial.repository.changes()).toBe(before);
  });

  it("A plan without changes reads the region's folder once", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    const before = trial.repository.reads();
    expect(await trial.pending()).toBe(0);
    expect(trial.repository.reads() - before).toBe(1);
  });

  it("A changed version is planned as the lines that differ", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    const path = `${folder}/applications/istiod-1-31-0.yaml`;
    const text = trial.repository.history().at(-1)?.files.get(path) ?? "";
    trial.repository.push({ [path]: text.replace("charts/istiod/1.31.0", "charts/istiod/1.30.2") });
    expect((await planned(trial, "platform-files"))?.operations).toEqual([
      {
        verb: "update",
        target: path,
        field: "lines",
        before: ["path: charts/istiod/1.30.2"],
        after: ["path: charts/istiod/1.31.0"],
      },
    ]);
  });

  it("A sync of an older commit ends when gennet has committed, because Argo CD begins no other before", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    const { kube } = trial.sites[0] as RegionTrial["sites"][number];
    const key = "Application argocd/platform";
    const phase = (): unknown => (kube.objects.get(key) as SyncedObject | undefined)?.status?.operationState?.phase;
    const root = kube.objects.get(key) as SyncedObject;
    const operationState = { phase: "Running", operation: { sync: { revision: "older" } } };
    kube.store({ ...root, status: { ...root.status, operationState } });
    await trial.bootstrap();
    expect(phase()).toBe("Running");
    const path = `${folder}/applications/istiod-1-31-0.yaml`;
    const text = trial.repository.history().at(-1)?.files.get(path) ?? "";
    trial.repository.push({ [path]: text.replace("charts/istiod/1.31.0", "charts/istiod/1.30.2") });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(phase()).toBe("Terminating");
  });

  it("An Application that Argo CD does not look at again while it becomes healthy is refreshed", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    const { kube } = trial.sites[0] as RegionTrial["sites"][number];
    const key = "Application argocd/platform-prometheus";
    const found = (): SyncedObject => kube.objects.get(key) as SyncedObject;
    const { status } = found();
    kube.store({
      ...found(),
      status: { ...status, health: { status: "Progressing" }, reconciledAt: "2020-01-01T00:00:00Z" },
    });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(found().status?.health).toEqual({ status: "Healthy" });
  });

  it("A component that becomes external loses its files, and files that others put into the folder stay", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    trial.repository.push({ [`${folder}/manifests/secret-store/mine.yaml`]: "mine" });
    trial.edit((keys) => ({ ...keys, platform: { ...base, externalSecrets: "external" } }));
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(files(trial).filter((path) => path.includes("secret"))).toEqual([
      `${folder}/manifests/secret-store/mine.yaml`,
    ]);
  });

  it("A file that someone else has under a name of gennet's blocks the commit, until a run adopts it", async () => {
    const trial = platformTrial();
    trial.repository.push({ [`${folder}/applications/istiod-1-31-0.yaml`]: "mine" });
    expect((await planned(trial, "platform-files"))?.obstacle?.reason).toBe(
      `${folder}/applications/istiod-1-31-0.yaml exists, and gennet did not write it`,
    );
    expect((await planned(trial, "platform-files", true))?.obstacle).toBeUndefined();
  });

  it("A branch that is changed between plan and commit in the same file stops the run, and keeps that change", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    trial.edit((keys) => ({ ...keys, platform: { ...base, tracing: { endpoint: "https://spans.acme.example" } } }));
    const path = `${folder}/manifests/collector/objects.yaml`;
    let pushed = false;
    const fate = {
      arrives: (_at: number, call: { readonly name: string }): void => {
        if (call.name !== "git commit" || pushed) return;
        pushed = true;
        trial.repository.push({ [path]: "urgent" });
      },
    };
    expect(await trial.bootstrap(fate)).toMatchObject({ exit: exit.conflict, codes: ["PLAN_DRIFTED"] });
    expect(trial.repository.history().at(-1)?.files.get(path)).toBe("urgent");
  });

  it("What came directly before comes from Git then, and nothing of it is deleted", async () => {
    const trial = regionTrial();
    await trial.bootstrap();
    const store = "ClusterSecretStore /aws-secrets-manager";
    expect(trial.sites[0]?.kube.objects.has(store)).toBe(true);
    trial.edit((keys) => ({ ...keys, platform: base }));
    expect(await planned(trial, "secret-store")).toBeUndefined();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(trial.sites[0]?.kube.objects.has(store)).toBe(true);
  });

  it("A destruction leaves the folder in Git, and says so", async () => {
    const trial = platformTrial();
    await trial.bootstrap();
    const before = trial.repository.changes();
    expect(await trial.destroy()).toMatchObject({ exit: exit.ok });
    expect(trial.repository.changes()).toBe(before);
  });
});

describe("Argo CD that exists already", () => {
  const foreign = (namespace: string, name = "argocd-application-controller"): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": "argocd-application-controller" } },
    spec: { replicas: 1, selector: { matchLabels: { "app.kubernetes.io/name": name } } },
  });
  const existing = async (object: KubeObject): Promise<RegionTrial> => {
    const trial = regionTrial();
    await trial.bootstrap();
    trial.sites[0]?.kube.store(object);
    trial.edit((keys) => ({ ...keys, platform: base }));
    return trial;
  };

  it("An installation of others is left alone, and both ways on are named", async () => {
    const trial = await existing(foreign("argocd"));
    expect((await planned(trial, "argo-cd"))?.obstacle).toEqual({
      kind: "blocked",
      reason: "Argo CD in the namespace argocd is not gennet's",
      next: [
        "gennet region plan --adopt  # shows what taking it over would change",
        "Set gitops.argocd to external in gennet.yaml, and it is left alone.",
      ],
    });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.unhealthy });
    expect(trial.repository.changes()).toBe(0);
  });

  it("A run that adopts takes over an installation where gennet's would be, and none elsewhere", async () => {
    const here = await planned(await existing(foreign("argocd")), "argo-cd", true);
    expect([here?.action, here?.obstacle]).toEqual(["adopt", undefined]);
    const elsewhere = await planned(await existing(foreign("gitops", "acme-argocd-controller")), "argo-cd", true);
    expect(elsewhere?.obstacle?.reason).toBe("Argo CD in the namespace gitops is not gennet's");
  });

  it("With gitops.argocd external, it is not even looked at, and its root Application is gennet's", async () => {
    const trial = await existing(foreign("argocd"));
    trial.sites[0]?.kube.store({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "applications.argoproj.io" },
    });
    trial.edit((keys) => ({
      ...keys,
      gitops: { repository: "https://git.example/platform.git", argocd: "external" },
    }));
    expect(await planned(trial, "argo-cd")).toBeUndefined();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(trial.sites[0]?.kube.objects.has("Deployment argocd/argocd-server")).toBe(false);
    expect(await trial.pending()).toBe(0);
  });
});
