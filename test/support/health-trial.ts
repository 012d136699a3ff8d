import type { Check } from "../../src/core/check.ts";
import type { Finding } from "../../src/core/finding.ts";
import { runChecks } from "../../src/core/run-checks.ts";
import { createHealthContext, type HealthContext, type HealthSources } from "../../src/health/health-context.ts";
import { type FakeCluster, fakeCluster, type FakeClusterOptions } from "./fake-cluster.ts";
import { testNow } from "./kube-objects.ts";

export interface HealthTrial extends FakeClusterOptions, Pick<HealthSources, "eks" | "namespace"> {}

/** Asks one check, whatever it needs, about a cluster in memory. */
export async function askOne(
  check: Check<HealthContext>,
  { eks, namespace, ...options }: HealthTrial,
): Promise<{ findings: readonly Finding[]; cluster: FakeCluster }> {
  const { signal } = new AbortController();
  const cluster = fakeCluster(options);
  const now = (): number => testNow;
  const sources: HealthSources = { connect: async () => cluster, context: "eu", now, eks, namespace };
  const context = createHealthContext(sources, signal);
  return { findings: await runChecks([{ ...check, needs: [] }], { context, now, signal }), cluster };
}
