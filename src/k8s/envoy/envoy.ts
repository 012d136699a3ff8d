import { AppError } from "../../core/error.ts";
import type { Cluster } from "../port.ts";
import { adminPaths, certificateIn, certificatesPath, envoyClustersIn, statisticsIn } from "./admin.ts";
import type { Envoy, PodRef } from "./port.ts";
import { passthroughOf, toUpstream } from "./upstream.ts";

/** The port of Envoy's admin interface in Istio, on the pod's loopback. */
const adminPort = 15_000;

/** Reads Envoy proxies from their admin interface, through the API server. */
export function createEnvoy(cluster: Pick<Cluster, "askPod" | "name">): Envoy {
  return {
    async outbound(pod, { withCertificate }, signal) {
      const paths = withCertificate ? [...adminPaths, certificatesPath] : adminPaths;
      const answers = await cluster.askPod({ ...pod, port: adminPort }, paths, signal);
      const failed = answers.find(({ status }) => status !== 200);
      if (failed !== undefined) throw invalid(cluster.name, pod, `HTTP ${failed.status}`);
      const [clusters = "", statistics = "", certificates = ""] = answers.map(({ body }) => body);
      try {
        const counts = statisticsIn(statistics);
        const all = envoyClustersIn(clusters);
        const upstreams = all.flatMap((cluster) => toUpstream(cluster, counts) ?? []);
        const certificate = certificateIn(certificates);
        return { upstreams, passthrough: passthroughOf(all), ...(certificate === undefined ? {} : { certificate }) };
      } catch (error) {
        if (error instanceof SyntaxError) throw invalid(cluster.name, pod, error.message);
        throw error;
      }
    },
  };
}

function invalid(cluster: string, { namespace, name }: PodRef, why: string): AppError {
  return new AppError(
    "PROXY_ANSWER_INVALID",
    `${cluster}: the response of the proxy of pod ${namespace}/${name} is not from Envoy: ${why}.`,
    { next: ["gennet explain PROXY_ANSWER_INVALID"] },
  );
}
