import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import type { Cluster, KubeObject } from "../port.ts";
import { rootNamespace } from "./peer-authentication.ts";
import type { ControlPlane, ProxySync } from "./port.ts";
import { proxiesIn } from "./syncz.ts";

/** The monitoring port, and the plain HTTP port of lines that serve the debug endpoints there alone. */
const debugPorts = [15_014, 8_080] as const;
const atOnce = 4;

interface IstiodPod extends KubeObject {
  readonly status?: { readonly phase?: string };
}

/** Each knows only the proxies that are connected to it. */
export async function readControlPlanes(cluster: Cluster, signal: AbortSignal): Promise<readonly ControlPlane[]> {
  const pods: IstiodPod[] = [];
  const query = { apiVersion: "v1", kind: "Pod", namespace: rootNamespace, labelSelector: "app=istiod" };
  for await (const page of cluster.list<IstiodPod>(query, signal)) pods.push(...page);
  const living = pods.filter(
    ({ metadata, status }) =>
      metadata["deletionTimestamp"] === undefined && !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  return mapBounded(living, atOnce, async ({ metadata: { name, labels } }) => {
    const revision = labels?.["istio.io/rev"];
    const proxies = await ask(cluster, name, signal);
    return { pod: name, ...(revision === undefined ? {} : { revision }), proxies };
  });
}

async function ask(cluster: Cluster, name: string, signal: AbortSignal): Promise<readonly ProxySync[] | AppError> {
  let failure: AppError | undefined;
  for (const port of debugPorts) {
    try {
      return await askPort(cluster, name, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      // The first port is where it should be: what stood in the way there is what is told.
      failure ??= error;
      if (!["KUBE_FORWARD_FAILED", "ISTIOD_ANSWER_INVALID"].includes(error.code)) break;
    }
  }
  return failure as AppError;
}

async function askPort(
  cluster: Cluster,
  name: string,
  port: number,
  signal: AbortSignal,
): Promise<readonly ProxySync[]> {
  const target = { namespace: rootNamespace, name, port };
  const [answer] = await cluster.askPod(target, ["/debug/syncz"], signal);
  const invalid = (why: string): AppError =>
    new AppError(
      "ISTIOD_ANSWER_INVALID",
      `${cluster.name}: port ${port} of ${name} answers /debug/syncz with ${why}.`,
      {
        next: ["gennet explain ISTIOD_ANSWER_INVALID"],
      },
    );
  if (answer?.status !== 200) throw invalid(`HTTP ${answer?.status}`);
  try {
    return proxiesIn(answer.body, answer.now);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(error.message);
    throw error;
  }
}
