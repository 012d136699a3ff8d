import type { Context } from "../../context.ts";
import type { TreeRegion } from "../../gitops/application-tree.ts";
import type { RegionCommands } from "../../gitops/reach-argocd.ts";
import { flagOf, kubectlOf, type Place } from "../../platform/place.ts";

/** The default namespace of Argo CD and its Applications; -n overrides it. */
export function applicationNamespace({ options }: Context): string {
  return options.namespace ?? "argocd";
}

/** Returns the Argo CD of every selected region. */
export async function gitopsRegions(context: Context): Promise<readonly TreeRegion[]> {
  return (await context.places()).map((place) => ({
    name: place.name,
    commands: commandsOf(place),
    wave: "region" in place ? (place.region.wave ?? 1) : 1,
    connect: () => context.argocd(place),
    cluster: () => context.cluster(place),
  }));
}

function commandsOf(place: Place): RegionCommands {
  const kubectl = kubectlOf(place);
  const flag = flagOf(place);
  return { kubectl: (words) => `${kubectl} ${words}`, gennet: (words) => `gennet ${words} ${flag}` };
}
