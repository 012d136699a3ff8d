import type { Addon, Eks } from "../../src/aws/eks/port.ts";
import { minorOf } from "../../src/core/kubernetes/minor-version.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";
import { partArn } from "./part-arn.ts";

type AddonCalls = Pick<
  Eks,
  "addons" | "addon" | "addonVersions" | "createAddon" | "updateAddon" | "deleteAddon" | "releaseAddon"
>;

const offered = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "eks-node-monitoring-agent",
  "coredns",
  "metrics-server",
  "aws-ebs-csi-driver",
];

/** Versions of every add-on for Kubernetes 1.34: `v1.34.1`, `v1.34.0`, and the newest one for 1.33. */
function versionsFor(kubernetes: string): readonly string[] {
  return [`v${kubernetes}.1`, `v${kubernetes}.0`, `v1.${minorOf(kubernetes) - 1}.1`];
}

/** The add-ons of the in-memory EKS. */
export function memoryAddons({ clusters, addons, selfManaged, phases, change, active }: EksWorld): AddonCalls {
  const idOf = (name: string): string => `addon ${name}`;
  const demandVersion = (action: string, cluster: string, version: string): void => {
    const fits = versionsFor(clusters.get(cluster)?.version ?? "").includes(version);
    demand(fits, action, "InvalidParameterException", `Addon version specified is not supported: ${version}`);
  };
  const port: AddonCalls = {
    addons: async (cluster, signal) => {
      const found = await Promise.all([...addons.keys()].map((name) => port.addon(cluster, name, signal)));
      return found.filter((each) => each !== undefined);
    },
    addon: async (cluster, name) => {
      if (!clusters.has(cluster) || !addons.has(name)) return undefined;
      const status = phases.shown(idOf(name));
      const addon = addons.get(name);
      return addon === undefined || status === undefined ? addon : { ...addon, status };
    },
    addonVersions: async (_name, kubernetes) => {
      const [newest = "", ...older] = versionsFor(kubernetes);
      return { default: newest, compatible: [newest, ...older] };
    },
    createAddon: ({ cluster, name, version, configuration, tags, overwrites }) =>
      change(() => {
        const action = "EKS CreateAddon";
        active(action, cluster);
        demand(!addons.has(name), action, "ResourceInUseException", "Addon already exists.");
        const known = offered.includes(name);
        demand(known, action, "InvalidParameterException", `Addon ${name} specified is not supported`);
        demandVersion(action, cluster, version);
        demandTags(action, tags);
        const values = configuration === undefined ? {} : { configuration };
        const arn = partArn(clusters.get(cluster), "addon", name);
        const isRefused = selfManaged.has(name) && !overwrites;
        const health = isRefused
          ? { status: "CREATE_FAILED", issues: [`ConfigurationConflict: Conflicts found when trying to apply ${name}`] }
          : { status: "ACTIVE", issues: [] };
        const made: Addon = { name, arn, version, ...values, ...health, tags };
        addons.set(name, made);
        phases.begin(idOf(name), "CREATING");
        return made;
      }),
    updateAddon: ({ cluster, name, version, configuration }) =>
      phases.update(idOf(name), () => {
        const action = "EKS UpdateAddon";
        const addon = addons.get(name);
        if (addon === undefined) return refuse(action, "ResourceNotFoundException", `No addon: ${name} found`);
        const able = ["ACTIVE", "DEGRADED", "UPDATE_FAILED"].includes(addon.status);
        const unable = `Addon ${name} cannot be updated as it is currently in ${addon.status} state`;
        demand(able, action, "InvalidRequestException", unable);
        demandVersion(action, cluster, version);
        const { configuration: _, ...others } = addon;
        const values = configuration === undefined ? {} : { configuration };
        const after = { ...others, ...values, version, status: "ACTIVE", issues: [] };
        phases.begin(idOf(name), "UPDATING", () => void addons.set(name, after));
      }),
    releaseAddon: (cluster, name, signal) => port.deleteAddon(cluster, name, signal),
    deleteAddon: async (cluster, name) => {
      if (!clusters.has(cluster) || !addons.has(name)) return;
      if (phases.current(idOf(name)) !== "DELETING") phases.settle(idOf(name));
      await change(() => phases.begin(idOf(name), "DELETING", () => void addons.delete(name)));
    },
  };
  return port;
}
