import { canI } from "./can-i.ts";
import { AppError } from "../core/error.ts";
import { type ClusterName, readStatus, statusError } from "./errors.ts";
import { askThrough, portForwardPath, portForwardProtocol } from "./port-forward.ts";
import type { PodAnswer, PodPort } from "./port.ts";
import type { Transport } from "./transport.ts";

/** What says nothing of the pod. */
const obstacles: ReadonlySet<string> = new Set(["KUBE_DENIED", "KUBE_FAILING", "KUBE_TIMED_OUT"]);

/** GETs paths of a pod's port over one port-forward; the errors of {@link Cluster.askPod} in the port. */
export async function askPod(
  cluster: ClusterName,
  transport: Transport,
  target: PodPort,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly PodAnswer[]> {
  const asked = `port ${target.port} of pod ${target.namespace}/${target.name}`;
  const failed = (why: string): AppError =>
    new AppError("KUBE_FORWARD_FAILED", `${cluster.name}: ${asked} cannot be reached: ${why}`, {
      next: ["gennet explain KUBE_FORWARD_FAILED"],
    });
  const refused = (why: string): AppError | undefined => deniedForward(cluster, target.namespace, why);
  const path = portForwardPath(target);
  const talk = async (...[socket, inner]: Parameters<Parameters<Transport["converse"]>[0]["talk"]>) => {
    try {
      return await askThrough(socket, paths);
    } catch (error) {
      signal.throwIfAborted();
      if (!inner.aborted) throw refused((error as Error).message) ?? failed((error as Error).message);
      throw new AppError("KUBE_TIMED_OUT", `${cluster.name}: ${asked} did not answer within the time for a request.`, {
        next: ["Look at the pod's logs, or give a longer --request-timeout."],
        cause: error,
      });
    }
  };
  const answer = await transport.converse({ path, protocol: portForwardProtocol, talk }, signal);
  if ("talked" in answer) return answer.talked;
  const status = readStatus(answer.body);
  const denied = refused(status.message ?? "");
  if (denied !== undefined) throw denied;
  const error = statusError(cluster, `forward ${asked}`, answer.status, status);
  if (obstacles.has(error.code)) throw error;
  // No such pod, one that has no node yet, or a policy against it.
  throw failed(status.message ?? `HTTP ${answer.status}`);
}

/**
 * The right that is missing, if that is why. An authoriser names the user and the verb; a server that checks `create`
 * after it has let the `get` of an upgrade in (Kubernetes 1.35) gives no reason at all: `pods "a" is forbidden: `.
 */
function deniedForward({ name, kubectl }: ClusterName, namespace: string, why: string): AppError | undefined {
  const named = / cannot (\w+) resource "pods\/portforward"/.exec(why)?.[1];
  const verb = named ?? (/is forbidden:\s*$/.test(why) ? "create" : undefined);
  if (verb === undefined) return undefined;
  return new AppError(
    "KUBE_DENIED",
    `${name}: not allowed to forward ports of pods in namespace ${namespace}: the right to ${verb} pods/portforward is missing.`,
    { next: [canI(kubectl, { verb, resource: "pods", subresource: "portforward", namespace })] },
  );
}
