import {
  CreateAddonCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  paginateDescribeAddonVersions,
  paginateListAddons,
  UpdateAddonCommand,
} from "@aws-sdk/client-eks";
import { itemsOf } from "../../core/items-of.ts";
import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import type { EksCalls } from "./calls.ts";
import type { Eks } from "./port.ts";
import { updateInProgress } from "./refused-for-now.ts";
import { oncePassed } from "../passing-refusal.ts";
import { toAddon } from "./shapes.ts";

type AddonCalls = Pick<
  Eks,
  "addons" | "addon" | "addonVersions" | "createAddon" | "updateAddon" | "deleteAddon" | "releaseAddon"
>;

/** Returns the calls for add-ons. */
export function addonCalls({ client, session, call, find, all, update }: EksCalls): AddonCalls {
  const remove = async (cluster: string, name: string, preserve: boolean, signal: AbortSignal): Promise<void> => {
    const command = new DeleteAddonCommand({ clusterName: cluster, addonName: name, preserve });
    await oncePassed(session, signal, updateInProgress, () => find(signal, (options) => client.send(command, options)));
  };
  const port: AddonCalls = {
    async addons(cluster, signal) {
      const names = await find(signal, (options) =>
        itemsOf(paginateListAddons({ client }, { clusterName: cluster }, options), (page) => page.addons),
      );
      const found = await mapBounded(names ?? [], 4, (name) => port.addon(cluster, name, signal));
      return found.filter((each) => each !== undefined);
    },

    async addon(cluster, name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeAddonCommand({ clusterName: cluster, addonName: name }), options),
      );
      return answer?.addon && toAddon(answer.addon);
    },

    async addonVersions(name, kubernetes, signal) {
      const input = { addonName: name, kubernetesVersion: kubernetes };
      const found = await all(
        signal,
        (options) => paginateDescribeAddonVersions({ client }, input, options),
        (page) => page.addons?.flatMap(({ addonVersions }) => addonVersions ?? []),
      );
      const fitting = found.flatMap(({ addonVersion, compatibilities }) =>
        (compatibilities ?? [])
          .filter(({ clusterVersion }) => clusterVersion === kubernetes)
          .map(({ defaultVersion }) => ({ version: addonVersion ?? "", isDefault: defaultVersion === true })),
      );
      const preferred = fitting.find(({ isDefault }) => isDefault) ?? fitting[0];
      if (preferred === undefined) {
        throw new AppError("AWS_REJECTED", `EKS offers no version of the add-on ${name} for Kubernetes ${kubernetes}.`);
      }
      return { default: preferred.version, compatible: fitting.map(({ version }) => version) };
    },

    async createAddon({ cluster, name, version, configuration, tags, overwrites }, signal) {
      const command = new CreateAddonCommand({
        clusterName: cluster,
        addonName: name,
        addonVersion: version,
        configurationValues: configuration,
        resolveConflicts: overwrites ? "OVERWRITE" : "NONE",
        tags: { ...tags },
      });
      const answer = await call(signal, (options) => client.send(command, options));
      return toAddon(answer.addon);
    },

    async updateAddon({ cluster, name, version, configuration }, signal) {
      const command = new UpdateAddonCommand({
        clusterName: cluster,
        addonName: name,
        addonVersion: version,
        configurationValues: configuration,
        resolveConflicts: "PRESERVE",
      });
      await update({ name: cluster, addonName: name }, (options) => client.send(command, options), signal);
    },

    deleteAddon: (cluster, name, signal) => remove(cluster, name, false, signal),
    releaseAddon: (cluster, name, signal) => remove(cluster, name, true, signal),
  };
  return port;
}
