import { mapBounded } from "../../core/bounded.ts";
import { itemsOf } from "../../core/items-of.ts";
import { AppError } from "../../core/error.ts";
import { isAlive, type PodObject } from "../../core/kubernetes/pod.ts";
import { defaultRootNamespace } from "../../istio/peer-authentication.ts";
import type { Cluster } from "../port.ts";
import type { ControlPlane, IstiodPod, ProxySync } from "./port.ts";
import { proxiesIn } from "./syncz.ts";

/** The monitoring port, and the plain HTTP port, where some versions exclusively serve the debug endpoints. */
const debugPorts = [15_014, 8_080] as const;
const atOnce = 4;

/** Reads the istiods of all namespaces or, if the user may not list all, of Istio's default namespace. */
export async function readIstiods(cluster: Cluster, signal: AbortSignal): Promise<readonly IstiodPod[]> {
  try {
    return await istiodsIn(cluster, undefined, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "KUBE_DENIED") throw error;
    return istiodsIn(cluster, defaultRootNamespace, signal);
  }
}

async function istiodsIn(
  cluster: Cluster,
  within: string | undefined,
  signal: AbortSignal,
): Promise<readonly IstiodPod[]> {
  const query = { apiVersion: "v1", kind: "Pod", labelSelector: "app=istiod" };
  const place = within === undefined ? {} : { namespace: within };
  const pods = await itemsOf(cluster.list<PodObject>({ ...query, ...place }, signal));
  return pods.filter(isAlive).map(({ metadata: { namespace = "default", name, labels } }) => {
    const revision = labels?.["istio.io/rev"];
    return { namespace, name, ...(revision === undefined ? {} : { revision }) };
  });
}

/** Reads the proxies of each istiod, which only knows those that are connected to it. */
export async function readControlPlanes(
  cluster: Cluster,
  istiods: readonly IstiodPod[],
  signal: AbortSignal,
): Promise<readonly ControlPlane[]> {
  return mapBounded(istiods, atOnce, async (istiod) => {
    const { namespace, name, revision } = istiod;
    const proxies = await ask(cluster, istiod, signal);
    return { pod: name, namespace, ...(revision === undefined ? {} : { revision }), proxies };
  });
}

async function ask(cluster: Cluster, istiod: IstiodPod, signal: AbortSignal): Promise<readonly ProxySync[] | AppError> {
  let failure: AppError | undefined;
  for (const port of debugPorts) {
    try {
      return await askPort(cluster, istiod, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      // The endpoint should be on the first port, so that its error is the one to report.
      failure ??= error;
      if (!["KUBE_FORWARD_FAILED", "ISTIOD_ANSWER_INVALID"].includes(error.code)) break;
    }
  }
  return failure as AppError;
}

async function askPort(
  cluster: Cluster,
  { namespace, name }: IstiodPod,
  port: number,
  signal: AbortSignal,
): Promise<readonly ProxySync[]> {
  const target = { namespace, name, port };
  const [answer] = await cluster.askPod(target, ["/debug/syncz"], signal);
  const invalid = (why: string): AppError =>
    new AppError(
      "ISTIOD_ANSWER_INVALID",
      `${cluster.name}: invalid response to /debug/syncz from port ${port} of ${name}: ${why}.`,
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
