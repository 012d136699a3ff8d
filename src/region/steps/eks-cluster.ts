import type { EksCluster } from "../../aws/port.ts";
import { AppError } from "../../core/error.ts";
import { nothing, ready } from "../../core/step.ts";
import { ownTags, type RegionStep, type World } from "../world.ts";
import { clusterRole } from "./cluster-role.ts";
import { privateRoutes, publicRoutes } from "./route-table.ts";
import { subnets } from "./subnets.ts";

interface Actual {
  readonly cluster: EksCluster | undefined;
  /** The version a new cluster gets. */
  readonly version: string;
}

const logging = ["api", "audit", "authenticator"];

/** The EKS control plane. Gives the cluster as EKS describes it, once it is active. */
export const eksCluster: RegionStep<Actual, EksCluster> = {
  id: "cluster",
  title: "EKS cluster",
  scope: "region",
  needs: [clusterRole, subnets, publicRoutes, privateRoutes],
  // AWS speaks of 10 to 15 minutes.
  patienceMs: 40 * 60_000,
  async read({ world, signal }) {
    const eks = await world.aws.eks();
    const cluster = await eks.cluster(world.region.cluster, signal);
    if (cluster !== undefined) return { cluster: managed(cluster, world), version: cluster.version };
    return { cluster, version: world.region.kubernetesVersion ?? (await eks.defaultVersion(signal)) };
  },
  diff({ cluster, version }, { world: { region } }) {
    if (cluster === undefined) {
      const details = [
        `Kubernetes ${version}`,
        "public and private endpoint",
        "access by access entries",
        `logs: ${logging.join(", ")}`,
      ];
      return { action: "create", summary: region.cluster, details };
    }
    const wanted = region.kubernetesVersion ?? cluster.version;
    if (cluster.version !== wanted) {
      const summary = `it runs Kubernetes ${cluster.version}, gennet.yaml says ${wanted}: bootstrap does not change the version of a running cluster`;
      return { action: "blocked", summary, details: [] };
    }
    const details = logging.filter((type) => !cluster.logging.includes(type)).map((type) => `log ${type}`);
    return details.length === 0 ? nothing : { action: "update", summary: "control plane logs", details };
  },
  async apply({ cluster, version }, at) {
    const { world, signal } = at;
    const eks = await world.aws.eks();
    if (cluster !== undefined) return eks.enableLogging(cluster.name, logging, signal);
    const { publicIds, privateIds } = at.required(subnets);
    await eks.createCluster(
      {
        name: world.region.cluster,
        version,
        roleArn: at.required(clusterRole),
        subnetIds: [...publicIds, ...privateIds],
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
      const reason = cluster.issues.join("; ") || "EKS says FAILED";
      return { state: "failed", reason: `${reason}; delete the cluster, then run this again` };
    }
    return { state: "waiting", detail: cluster?.status ?? "not visible yet" };
  },
  // While it is being updated it can be worked with; while it is being created it cannot.
  output: ({ cluster }) => (cluster?.endpoint !== undefined && cluster.status !== "CREATING" ? cluster : undefined),
};

function managed(cluster: EksCluster, world: World): EksCluster {
  const foreign = Object.entries(ownTags(world)).find(([key, value]) => cluster.tags[key] !== value);
  if (foreign === undefined) return cluster;
  const [key, value] = foreign;
  throw new AppError(
    "REGION_NOT_MANAGED",
    `Region ${world.region.name}: the cluster "${cluster.name}" exists, but not with the tag ${key}=${value} that gennet puts on its own.`,
    { next: ["Choose another `cluster` name for the region in gennet.yaml.", "gennet explain REGION_NOT_MANAGED"] },
  );
}
