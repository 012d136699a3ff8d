import type { Context } from "../../context.ts";
import type { TreeRegion } from "../../gitops/application-tree.ts";
import type { RegionCommands } from "../../gitops/reach-argocd.ts";
import { flagOf, kubectlOf, type Place } from "../../platform/place.ts";

/** Where Argo CD and its Applications are, unless -n says otherwise. */
export function applicationNamespace({ options }: Context): string {
  return options.namespace ?? "argocd";
}

/** The Argo CD of every place that is looked at. */
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
