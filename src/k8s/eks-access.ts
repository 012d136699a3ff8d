import { Agent } from "node:https";
import { HttpsProxyAgent } from "hpagent";
import type { Aws, AwsCalls } from "../aws/port.ts";
import { AppError } from "../core/error.ts";
import { type Access, agentOptions, proxyFor, withOneContext } from "./access.ts";

/** The AWS calls that are needed to reach a cluster. */
export type EksClient = Pick<Aws, "eksToken"> & AwsCalls<"eks", "cluster">;

/** A new token is valid for at least this long; requesting it again makes no call. */
const tokenMs = 60_000;

/**
 * Returns access to an EKS cluster without a kubeconfig: endpoint and CA from DescribeCluster, and tokens signed with
 * AWS credentials.
 */
export async function eksAccess(
  region: { readonly name: string; readonly cluster: string },
  aws: EksClient,
  now: () => number,
  signal: AbortSignal,
): Promise<Access> {
  const cluster = await (await aws.service("eks")).cluster(region.cluster, signal);
  const absent = (why: string): AppError =>
    new AppError("KUBE_UNREACHABLE", `Region ${region.name}: the EKS cluster "${region.cluster}" ${why}.`, {
      next: [`gennet region bootstrap ${region.name}`],
    });
  if (cluster === undefined) throw absent("does not exist");
  const { endpoint, certificateAuthority } = cluster;
  if (endpoint === undefined || certificateAuthority === undefined)
    throw absent(`is ${cluster.status}: it has no endpoint yet`);
  const tls = { ...agentOptions, ca: Buffer.from(certificateAuthority, "base64") };
  const proxy = proxyFor(endpoint);
  const agent = withOneContext(proxy === undefined ? new Agent(tls) : new HttpsProxyAgent({ ...tls, proxy }));
  return {
    server: new URL(endpoint),
    async authorise(inner) {
      const token = await aws.eksToken(region.cluster, inner);
      return { agent, headers: { authorization: `Bearer ${token}` }, expires: now() + tokenMs };
    },
  };
}
