import { describe, expect, it } from "vitest";
import { exit } from "../core/exit.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import { meshedDeployment, meshedPod, runMeshedWorkloads } from "../../test/support/meshed-workloads.ts";
import { type RegionTrial, regionTrial } from "../../test/support/region-trial.ts";
import { compareRegions, type RegionChange } from "./region-plan.ts";

const { signal } = new AbortController();
const platform = { mirror: "https://git.example/mirror.git", tracing: { endpoint: "https://otlp.acme.example" } };
const folder = "clusters/eu/platform";

async function upgradable(versions = { istio: "1.31.1" }): Promise<RegionTrial> {
  const trial = regionTrial();
  trial.edit((keys) => ({ ...keys, platform }));
  expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
  kubeOf(trial).store(meshedPod("shop", "unused", "other", false));
  trial.upgradeGennet(versions);
  return trial;
}

function kubeOf(trial: RegionTrial): RegionTrial["sites"][number]["kube"] {
  const [site] = trial.sites;
  if (site === undefined) throw new Error("no region");
  return site.kube;
}

async function planned(trial: RegionTrial): Promise<ReadonlyMap<string, RegionChange>> {
  const plan = await compareRegions(
    trial.sites.map((site) => site.world()),
    signal,
  );
  return new Map(plan.regions[0]?.changes.map((change) => [change.step, change]));
}

const titlesOf = (trial: RegionTrial): readonly string[] => trial.repository.history().map(({ message }) => message);
const istiodsIn = (trial: RegionTrial): readonly string[] =>
  [...(trial.repository.history().at(-1)?.files.keys() ?? [])].filter((path) => path.includes("/istiod-"));
const revisionOf = (trial: RegionTrial, app: string): unknown =>
  [...kubeOf(trial).objects.values()].find(
    ({ kind, metadata }) => kind === "Pod" && `${metadata.namespace}/${metadata.labels?.["app"]}` === app,
  )?.metadata.annotations?.["istio.io/rev"];

describe("an upgrade of Istio", () => {
  it("A plan names the versions, the files of all three commits, and the namespaces whose proxies are restarted", async () => {
    const trial = await upgradable();
    runMeshedWorkloads(kubeOf(trial));
    const changes = await planned(trial);
    expect(changes.get("platform-files")?.details).toContain("Istio's CNI plugin: version: 1.31.0 → 1.31.1");
    expect(changes.get("platform-files")?.operations).toContainEqual({
      verb: "create",
      target: `${folder}/applications/istiod-1-31-1.yaml`,
    });
    expect(changes.get("istio-default")?.details).toContain("Istio: version: 1.31.0 → 1.31.1");
    expect(changes.get("istio-proxies")?.details).toEqual([
      "proxies in istio-ingress: istiod: 1.31.0 → 1.31.1",
      "proxies in shop: istiod: 1.31.0 → 1.31.1",
    ]);
    expect(changes.get("istio-old")?.operations).toContainEqual({
      verb: "delete",
      target: `${folder}/applications/istiod-1-31-0.yaml`,
    });
  });

  it("A bootstrap moves every proxy to a second istiod, and removes the first, with one commit for each step", async () => {
    const trial = await upgradable();
    runMeshedWorkloads(kubeOf(trial));
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    expect(titlesOf(trial)).toHaveLength(4);
    expect(istiodsIn(trial)).toEqual([`${folder}/applications/istiod-1-31-1.yaml`]);
    const apps = ["shop/orders", "shop/payments", "istio-ingress/istio-ingress"];
    expect(apps.map((app) => revisionOf(trial, app))).toEqual(["1-31-1", "1-31-1", "1-31-1"]);
    expect(await trial.pending()).toBe(0);
    expect([...(await planned(trial)).keys()].filter((step) => step.startsWith("istio-"))).toEqual([]);
  });

  it("The istiod that goes takes its objects with it, and only it", async () => {
    const trial = await upgradable();
    await trial.bootstrap();
    const [, , moved] = trial.repository.history();
    const withFinalizer = [...(moved?.files ?? [])].filter(([, text]) => text.includes("resources-finalizer"));
    expect(withFinalizer.map(([path]) => path)).toEqual([`${folder}/applications/istiod-1-31-0.yaml`]);
  });

  it("A pod that nothing replaces keeps its istiod until it has ended, and a later bootstrap removes that", async () => {
    const trial = await upgradable();
    const job = kubeOf(trial).store(meshedPod("shop", "report", "1-31-0", false));
    expect(await trial.bootstrap()).toMatchObject({
      exit: exit.ok,
      next: ["Afterwards run: gennet region bootstrap eu"],
    });
    expect((await planned(trial)).get("istio-old")?.obstacle).toEqual({
      kind: "deferred",
      reason: "until pod shop/report-5d8f-x, which uses istiod 1.31.0, has ended",
    });
    expect(istiodsIn(trial)).toHaveLength(2);
    kubeOf(trial).store({ ...job, status: { phase: "Succeeded" } });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, next: [] });
    expect(istiodsIn(trial)).toHaveLength(1);
  });

  it("A workload that is unhealthy stops the run before the other waves, and the old istiod stays", async () => {
    const trial = await upgradable();
    const kube = kubeOf(trial);
    kube.store(meshedDeployment("shop", "a-first"));
    const crashing = { waiting: { reason: "CrashLoopBackOff" } };
    const containerStatuses = [{ name: "app", image: "app:1", ready: false, restartCount: 4, state: crashing }];
    kube.store({ ...meshedPod("shop", "a-first"), status: { phase: "Running", containerStatuses } });
    runMeshedWorkloads(kube);
    const end = await trial.bootstrap();
    expect(end).toMatchObject({ exit: exit.unhealthy, codes: ["STEP_FAILED"] });
    expect(end.next[0]).toBe("kubectl --context eu -n shop describe pod a-first-5d8f-x");
    expect(revisionOf(trial, "shop/orders")).toBe("1-31-0");
    expect(istiodsIn(trial)).toHaveLength(2);
  });

  it("A workload whose rollout would break its disruption budget is not restarted", async () => {
    const trial = await upgradable();
    const kube = kubeOf(trial);
    kube.store(meshedDeployment("shop", "ledger", { strategy: { type: "Recreate" } }));
    kube.store(meshedPod("shop", "ledger"));
    kube.store({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "ledger", namespace: "shop" },
      spec: { selector: { matchLabels: { app: "ledger" } } },
      status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
    });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.unhealthy, codes: ["STEP_FAILED"] });
    expect(revisionOf(trial, "shop/ledger")).toBe("1-31-0");
    kube.objects.delete("PodDisruptionBudget shop/ledger");
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(revisionOf(trial, "shop/ledger")).toBe("1-31-1");
  });

  it("Istio becomes external only when its upgrade has ended: proxies may still use the istiod that would go", async () => {
    const trial = await upgradable();
    kubeOf(trial).store(meshedPod("shop", "report", "1-31-0", false));
    await trial.bootstrap();
    trial.edit((keys) => ({ ...keys, platform: { ...keys.platform, istio: "external" } as typeof keys.platform }));
    expect((await planned(trial)).get("platform-files")?.obstacle?.reason).toBe(
      "an upgrade of Istio is unfinished, and proxies may still use the istiod that would be removed",
    );
  });

  it("A third version before the end of an upgrade replaces both istiods", async () => {
    const trial = await upgradable();
    const job = kubeOf(trial).store(meshedPod("shop", "report", "1-31-0", false));
    await trial.bootstrap();
    kubeOf(trial).store({ ...job, status: { phase: "Succeeded" } });
    trial.upgradeGennet({ istio: "1.32.0" });
    runMeshedWorkloads(kubeOf(trial));
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    expect(istiodsIn(trial)).toEqual([`${folder}/applications/istiod-1-32-0.yaml`]);
    expect(revisionOf(trial, "shop/orders")).toBe("1-32-0");
  });
});

describe("versions that are refused", () => {
  it.each([
    [
      { istio: "1.33.0" },
      "Istio 1.31.0 is 2 minor versions older than 1.33.0, and Istio is upgraded by one at a time",
      "Run gennet region bootstrap of the release of gennet that has Istio 1.32 first.",
    ],
    [
      { istio: "1.30.4" },
      "Istio 1.31.0 was installed by a newer gennet, and this one would downgrade it to 1.30.4",
      "npm install --global gennet@latest  # installs the newest release",
    ],
    [
      { istio: "1.31.0", externalSecrets: "0.19.2" },
      "External Secrets 0.20.4 was installed by a newer gennet, and this one would downgrade it to 0.19.2",
      "npm install --global gennet@latest  # installs the newest release",
    ],
  ])("With %o, a plan says why, and a bootstrap commits nothing", async (versions, reason, next) => {
    const trial = await upgradable(versions);
    const changes = await planned(trial);
    expect(changes.get("platform-files")?.obstacle).toEqual({ kind: "blocked", reason, next: [next] });
    // What is refused has no further steps, and nothing waits for it.
    expect([...changes.keys()].filter((step) => step.startsWith("istio-"))).toEqual([]);
    const before = trial.repository.changes();
    const begun = trial.clock.now();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.unhealthy });
    expect(trial.clock.now() - begun).toBeLessThan(60_000);
    expect(trial.repository.changes()).toBe(before);
  });

  it("An Argo CD that is newer is not downgraded, and an older one is planned with both versions", async () => {
    const trial = await upgradable({ istio: "1.31.0" });
    const run = (tag: string): void => {
      const template = { spec: { containers: [{ name: "server", image: `quay.io/argoproj/argocd:${tag}` }] } };
      const server = kubeOf(trial).objects.get("Deployment argocd/argocd-server") as KubeObject;
      kubeOf(trial).store({ ...server, spec: { ...(server["spec"] as object), template } });
    };
    run("v3.5.99");
    expect((await planned(trial)).get("argo-cd")?.obstacle?.reason).toBe(
      "Argo CD 3.5.99 was installed by a newer gennet, and this one would downgrade it to 3.5.7",
    );
    run("v3.5.6");
    expect((await planned(trial)).get("argo-cd")?.details).toContain("Argo CD: version: 3.5.6 → 3.5.7");
  });

  it("A cluster with a Kubernetes that is too old for Istio gets no platform, and its upgrade is the next step", async () => {
    const trial = regionTrial();
    trial.edit((keys) => ({
      ...keys,
      platform,
      regions: keys.regions.map((region) => ({ ...region, kubernetes: { version: "1.31" } })),
    }));
    expect((await planned(trial)).get("platform-files")?.obstacle).toEqual({
      kind: "blocked",
      reason: "Istio needs Kubernetes 1.32 or newer, and the cluster has 1.31",
      next: [
        "Set kubernetes.version of region eu in gennet.yaml to 1.32 or newer.",
        "gennet region upgrade eu  # upgrades the cluster",
      ],
    });
  });
});
