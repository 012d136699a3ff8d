import type { ImageRepository } from "../../../aws/ecr/port.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { ready } from "../../../core/resource.ts";
import { ownedByPlatformOnly } from "../../owned-only.ts";
import { platformTags, type RegionResource } from "../../world.ts";
import { repositoryNames, repositoryPrefix, repositorySettings, wantsRegistry } from "./registry-facts.ts";

/**
 * The repositories for the images of services, in the primary region. One that is dropped from gennet.yaml stays: its
 * images may be running. Outputs the repositories' URIs.
 */
export const registry: RegionResource<readonly ImageRepository[], readonly string[]> = {
  id: "registry",
  title: "ECR repositories",
  scope: "platform",
  needs: [],
  wanted: wantsRegistry,
  async read({ world, signal }) {
    const found = await (await world.aws.service("ecr")).repositories(repositoryPrefix(world), signal);
    const names = repositoryNames(world);
    for (const repository of found.filter(({ name }) => names.includes(name))) {
      ownedByPlatformOnly(repository, `ECR repository "${repository.name}"`, world);
    }
    return found.filter(({ tags }) => hasTags(tags, platformTags(world)));
  },
  diff(repositories, { world }) {
    const differences = repositoryNames(world).map((name) => {
      const repository = repositories.find((each) => each.name === name);
      return differenceOf(`repository ${name}`, repository && fieldsOf(repository), fieldsOf(repositorySettings), [
        "encryption",
      ]);
    });
    const obstacle = differences.find((each) => each.obstacle !== undefined)?.obstacle;
    return { operations: differences.flatMap(({ operations }) => operations), ...(obstacle && { obstacle }) };
  },
  async apply(repositories, { world, signal }) {
    const ecr = await world.aws.service("ecr");
    const { immutableTags, scansOnPush, lifecyclePolicy } = repositorySettings;
    for (const name of repositoryNames(world)) {
      const repository = repositories.find((each) => each.name === name);
      if (repository === undefined) {
        await ecr.createRepository({ name, immutableTags, scansOnPush, tags: platformTags(world) }, signal);
      }
      const held = repository ?? repositorySettings;
      if (held.immutableTags !== immutableTags) await ecr.setTagMutability(name, immutableTags, signal);
      if (held.scansOnPush !== scansOnPush) await ecr.setScanning(name, scansOnPush, signal);
      if (repository?.lifecyclePolicy !== lifecyclePolicy) await ecr.setLifecyclePolicy(name, lifecyclePolicy, signal);
    }
  },
  ready: () => ready,
  output: (repositories) => repositories.map(({ uri }) => uri),
  removal: {
    diff: (repositories) => ({
      operations: repositories.map(({ name }) => ({ verb: "delete", target: `repository ${name}` })),
    }),
    async apply(repositories, { world, signal }) {
      const ecr = await world.aws.service("ecr");
      for (const { name } of repositories) await ecr.deleteRepository(name, signal);
    },
    gone: ([left]) => (left === undefined ? ready : { state: "waiting", detail: `${left.name} is still there` }),
  },
};

function fieldsOf({
  immutableTags,
  scansOnPush,
  encryption,
  lifecyclePolicy,
}: Omit<ImageRepository, "name" | "arn" | "uri" | "tags">): Fields {
  return {
    "immutable tags": immutableTags,
    "scan on push": scansOnPush,
    encryption,
    ...(lifecyclePolicy === undefined ? {} : { "lifecycle policy": lifecyclePolicy }),
  };
}
