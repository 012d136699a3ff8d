import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { nearWords } from "../../core/near-words.ts";
import type { HealthContext } from "../health-context.ts";

const id = "cluster/api";

export const clusterApi: Check<HealthContext> = {
  id,
  title: "API server",
  explain:
    "Asks the API server for its version and, with -n, whether the namespace exists: a misspelt namespace contains nothing that could be unhealthy. If the server does not answer, nothing is known about what runs in the cluster: checks that read from it are skipped, and neither pass nor fail. The finding names the obstacle: no connection, a certificate that is not the cluster's, or credentials that are not accepted.",
  async run({ kube, kubectl }) {
    const [version, missing] = await Promise.all([kube.version(), missingNamespace(kube, kubectl)]);
    const answers: Finding = {
      id,
      severity: "ok",
      subject: "API server",
      summary: `answers, ${version}`,
      evidence: { version },
    };
    return missing === undefined ? [answers] : [answers, missing];
  },
};

async function missingNamespace({ namespace }: HealthContext["kube"], kubectl: string): Promise<Finding | undefined> {
  if (namespace === undefined) return undefined;
  try {
    if (await namespace.exists()) return undefined;
  } catch (error) {
    // The user may not be allowed to read the namespace itself, but what is in it.
    if (error instanceof AppError && error.code === "KUBE_DENIED") return undefined;
    throw error;
  }
  const near = nearWords(namespace.name, await namespace.others().catch(() => []));
  return {
    id,
    severity: "fail",
    subject: `namespace ${namespace.name}`,
    summary: `does not exist${near.length === 0 ? "" : `; there is ${near.join(", ")}`}`,
    fix: `${kubectl} get namespaces`,
  };
}
