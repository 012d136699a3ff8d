import type { EksCluster } from "../../aws/eks/port.ts";
import { blocked, creation, ready, update } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { owned, ownTags, type RegionResource } from "../world.ts";
import { clusterRole } from "./managed-roles.ts";
import { privateRoutes, publicRoutes } from "./route-table.ts";
import { subnets } from "./subnets.ts";

interface Actual {
  readonly cluster: EksCluster | undefined;
  /** The version for a new cluster. */
  readonly version: string;
}

const logging = ["api", "audit", "authenticator"];

/** The EKS control plane. Outputs the cluster as EKS describes it, once it is active. */
export const eksCluster: RegionResource<Actual, EksCluster> = {
  id: "cluster",
  title: "EKS cluster",
  needs: [clusterRole, subnets, publicRoutes, privateRoutes],
  // AWS documents 10 to 15 minutes.
  patienceMs: 40 * 60_000,
  async read({ world, signal }) {
    const eks = await world.aws.service("eks");
    const cluster = await eks.cluster(world.region.cluster, signal);
    if (cluster !== undefined)
      return { cluster: owned(cluster, `cluster "${cluster.name}"`, world), version: cluster.version };
    return { cluster, version: world.region.kubernetesVersion ?? (await eks.defaultVersion(signal)) };
  },
  diff({ cluster, version }, { world: { region } }) {
    const target = region.cluster;
    if (cluster === undefined) {
      const endpoint = ["public", "private"];
      return {
        operations: [creation(target, { Kubernetes: version, endpoint, access: "access entries", logs: logging })],
      };
    }
    const wanted = region.kubernetesVersion ?? cluster.version;
    if (cluster.version !== wanted) {
      const reason = `it runs Kubernetes ${cluster.version}, but gennet.yaml specifies ${wanted}: bootstrap does not change the version of a running cluster`;
      return blocked(reason, [update(target, "Kubernetes", wanted, cluster.version)]);
    }
    const missing = logging.filter((type) => !cluster.logging.includes(type));
    return { operations: missing.map((type) => update(target, "logs", type)) };
  },
  async apply({ cluster, version }, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    if (cluster !== undefined) return eks.enableLogging(cluster.name, logging, signal);
    await eks.createCluster(
      {
        name: world.region.cluster,
        version,
        roleArn: at.required(clusterRole),
        subnetIds: at.required(subnets).subnets.map(({ id }) => id),
        authenticationMode: "API",
        logging,
        tags: ownTags(world),
      },
      signal,
    );
  },
  ready({ cluster }) {
    if (cluster?.status === "ACTIVE") return ready;
    if (cluster?.status === "FAILED") {
      const reason = cluster.issues.join("; ") || "EKS reports FAILED";
      return { state: "failed", reason: `${reason}; delete the cluster, then run this again` };
    }
    return { state: "waiting", detail: cluster?.status ?? "not visible yet" };
  },
  adoption: adoption({
    kind: "cluster",
    found: ({ cluster }) => cluster,
    tag: async ({ cluster }, tags, world, signal) =>
      (await world.aws.service("eks")).tagCluster(cluster?.arn ?? "", tags, signal),
  }),
  // A cluster is usable while it is being updated, but not while it is being created.
  output: ({ cluster }) => (cluster?.endpoint !== undefined && cluster.status !== "CREATING" ? cluster : undefined),
};
