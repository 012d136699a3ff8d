import { canonicalJson } from "../../../core/canonical-json.ts";
import { otherAwsRegions } from "../../primary-region.ts";
import type { RegionWorld } from "../../world.ts";

/** The settings of every repository, and of the copies that ECR creates in other regions. */
export const repositorySettings = {
  immutableTags: true,
  scansOnPush: true,
  encryption: "AES256",
  lifecyclePolicy: canonicalJson({
    rules: [
      {
        rulePriority: 1,
        description: "Images without a tag expire after 14 days",
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
        action: { type: "expire" },
      },
    ],
  }),
} as const;

export function wantsRegistry({ platform }: RegionWorld): boolean {
  return platform.registry !== undefined;
}

export function wantsReplication(world: RegionWorld): boolean {
  return world.platform.registry?.replicate === true && otherAwsRegions(world).length > 0;
}

/** Returns the first part of the names of all repositories: `shop/`. Replication and templates find them by it. */
export function repositoryPrefix({ platform }: RegionWorld): string {
  return `${platform.name}/`;
}

/** Returns the full names of the repositories of gennet.yaml. */
export function repositoryNames(world: RegionWorld): readonly string[] {
  const prefix = repositoryPrefix(world);
  const names = world.platform.registry?.repositories ?? [];
  return [...new Set(names.map((name) => (name.startsWith(prefix) ? name : `${prefix}${name}`)))];
}
