import { applicationServer, ownCluster } from "../core/argocd-names.ts";
import type { Platform } from "../platform/schema.ts";
import type { Answers } from "./render.ts";

/**
 * Returns the answers with what Argo CD calls the clusters of the service's regions, according to gennet.yaml. Answers of a
 * service without Applications, or of another platform, stay; so does what is known of a region that gennet.yaml lacks.
 */
export function withDestinations<
  T extends Pick<Answers, "regions" | "platform" | "gitops_repository" | "destinations">,
>(answers: T, platform: Pick<Platform, "name" | "gitops" | "regions">): T {
  if (answers.gitops_repository === undefined || platform.gitops === undefined) return answers;
  if (answers.platform !== platform.name) return answers;
  const { destinations: before = {}, ...others } = answers;
  const entries = answers.regions.flatMap((name): [string, string][] => {
    const region = platform.regions.find((each) => each.name === name);
    const server = region === undefined ? before[name] : applicationServer(platform, region);
    return server === undefined || server === ownCluster.server ? [] : [[name, server]];
  });
  return { ...others, ...(entries.length === 0 ? {} : { destinations: Object.fromEntries(entries) }) } as T;
}
