import type { Check } from "../../src/core/check.ts";
import type { Finding } from "../../src/core/finding.ts";
import { runChecks, type RunChecksOptions } from "../../src/core/run-checks.ts";
import { createArgoCd } from "../../src/k8s/argocd/argocd.ts";
import { createCollectors } from "../../src/k8s/collector/collectors.ts";
import { createEnvoy } from "../../src/k8s/envoy/envoy.ts";
import { createExternalSecrets } from "../../src/k8s/external-secrets/external-secrets.ts";
import { createIstio } from "../../src/k8s/istio/istio.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import type { InstalledSource } from "../../src/health/eks-reads.ts";
import { createHealthContext, type HealthContext, type HealthSources } from "../../src/health/health-context.ts";
import { healthChecks } from "../../src/health/index.ts";
import { type FakeCluster, fakeCluster, type FakeClusterOptions } from "./fake-cluster.ts";
import { manualClock } from "./manual-clock.ts";
import { testNow } from "./kube-objects.ts";

export interface HealthTrial extends FakeClusterOptions, Pick<HealthSources, "eks" | "namespace" | "components"> {
  readonly meshExpected?: boolean;
}

/** A cluster with its mesh, as a command's context builds them. */
export function sourcesOf(
  cluster: Cluster,
  meshExpected = false,
): Omit<HealthSources, "eks" | "namespace" | "components" | "now"> {
  return {
    connect: async () => cluster,
    mesh: { istio: async () => createIstio(cluster), expected: meshExpected },
    envoy: async () => createEnvoy(cluster),
    argocd: async () => createArgoCd(cluster),
    secrets: {
      externalSecrets: async () => createExternalSecrets(cluster, manualClock(testNow)),
    },
    collectors: async () => createCollectors(cluster),
    pause: async () => undefined,
    flag: "--region eu",
    certificates: true,
    kubectl: "kubectl --context eu",
  };
}

/** What is asked about a region in which bootstrap installs nothing. */
export const nothingInstalled: InstalledSource = {
  addons: [],
  natGateways: 0,
  eks: () => Promise.reject(new Error("no add-on is expected")),
  ec2: () => Promise.reject(new Error("no NAT gateway is expected")),
};

/** Runs one check, whatever it needs, on an in-memory cluster, together with other checks that may find the cause. */
export async function askOne(
  check: Check<HealthContext>,
  { eks, namespace, components, meshExpected, ...options }: HealthTrial,
  beside: readonly Check<HealthContext>[] = [],
): Promise<{ findings: readonly Finding[]; cluster: FakeCluster }> {
  const { signal } = new AbortController();
  const cluster = fakeCluster(options);
  const now = (): number => testNow;
  const sources: HealthSources = { ...sourcesOf(cluster, meshExpected), now, eks, namespace, components };
  const context = createHealthContext(sources, signal);
  const checks = [check, ...beside].map((each) => ({ ...each, needs: [] }));
  const findings = await runChecks(checks, { context, now, signal });
  return { findings: findings.filter(({ id }) => id === check.id), cluster };
}

/** Runs all checks of a status, or those that are selected, on an in-memory cluster. */
export async function askAll(
  { eks, namespace, components, meshExpected, ...options }: HealthTrial,
  more: Pick<RunChecksOptions<HealthContext>, "only"> = {},
): Promise<readonly Finding[]> {
  const { signal } = new AbortController();
  const now = (): number => testNow;
  const sources = sourcesOf(fakeCluster(options), meshExpected);
  const context = createHealthContext({ ...sources, now, eks, namespace, components }, signal);
  return runChecks(healthChecks, { context, now, signal, ...more });
}
