import { canI } from "./can-i.ts";
import { AppError } from "../core/error.ts";
import { type ClusterName, readStatus, statusError } from "./errors.ts";
import { askThrough, portForwardPath, portForwardProtocol } from "./port-forward.ts";
import type { PodAnswer, PodPort } from "./port.ts";
import type { Transport } from "./transport.ts";

/** Errors that are not about the pod. */
const obstacles: ReadonlySet<string> = new Set(["KUBE_DENIED", "KUBE_FAILING", "KUBE_TIMED_OUT"]);

/** GETs paths on a pod's port over one port-forward. Throws the errors of {@link Cluster.askPod} in the port. */
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
      throw new AppError("KUBE_TIMED_OUT", `${cluster.name}: ${asked} did not answer within the request time-out.`, {
        next: ["Check the pod's logs, or set a longer --request-timeout."],
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
  // The pod does not exist, has no node yet, or is protected by a policy.
  throw failed(status.message ?? `HTTP ${answer.status}`);
}

/**
 * Returns the error for a missing permission, if that is the cause. An authoriser names the user and the verb. A server
 * that first allows the `get` of an upgrade and then checks `create` (Kubernetes 1.35) gives no reason: `pods "a" is
 * forbidden: `.
 */
function deniedForward({ name, kubectl }: ClusterName, namespace: string, why: string): AppError | undefined {
  const named = / cannot (\w+) resource "pods\/portforward"/.exec(why)?.[1];
  const verb = named ?? (/is forbidden:\s*$/.test(why) ? "create" : undefined);
  if (verb === undefined) return undefined;
  return new AppError(
    "KUBE_DENIED",
    `${name}: not allowed to forward ports of pods in namespace ${namespace}: permission to ${verb} pods/portforward is missing.`,
    { next: [canI(kubectl, { verb, resource: "pods", subresource: "portforward", namespace })] },
  );
}
