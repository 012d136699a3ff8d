import type { ImageRepository } from "../../../aws/ecr/port.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { blocked, ready } from "../../../core/resource.ts";
import { platformTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { repositoryNames, repositoryPrefix, repositorySettings, wantsRegistry } from "./registry-facts.ts";

interface Repositories {
  readonly own: readonly ImageRepository[];
  /** The names in gennet.yaml of repositories that are not gennet's. */
  readonly foreign: readonly string[];
}

/**
 * The repositories for the images of services, in the primary region. One that is dropped from gennet.yaml stays, and so
 * do all of them without the key: their images may be running. Outputs the repositories' URIs.
 */
export const registry: RegionResource<Repositories, readonly string[]> = {
  id: "registry",
  title: "ECR repositories",
  scope: "platform",
  needs: [],
  wanted: wantsRegistry,
  async read({ world, signal }) {
    if (!wantsRegistry(world)) return { own: [], foreign: [] };
    const found = await (await world.aws.service("ecr")).repositories(repositoryPrefix(world), signal);
    const names = repositoryNames(world);
    const isOwn = ({ tags }: ImageRepository): boolean => hasTags(tags, platformTags(world));
    const foreign = found.filter((each) => names.includes(each.name) && !isOwn(each)).map(({ name }) => name);
    return { own: found.filter(isOwn), foreign };
  },
  diff({ own: repositories, foreign }, { world }) {
    const [first] = foreign;
    // Copies by ECR have no tags: what is primary after a failover must not end every plan.
    if (first !== undefined) return blocked(`the repository ${first} has no tags of gennet: ${tagThem(world)}`);
    const differences = repositoryNames(world).map((name) => {
      const repository = repositories.find((each) => each.name === name);
      return differenceOf(`repository ${name}`, repository && fieldsOf(repository), fieldsOf(repositorySettings), [
        "encryption",
      ]);
    });
    const obstacle = differences.find((each) => each.obstacle !== undefined)?.obstacle;
    return { operations: differences.flatMap(({ operations }) => operations), ...(obstacle && { obstacle }) };
  },
  async apply({ own: repositories }, { world, signal }) {
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
  output: ({ own }) => own.map(({ uri }) => uri),
  removal: {
    diff: ({ own }) => ({
      operations: own.map(({ name }) => ({ verb: "delete", target: `repository ${name}` })),
    }),
    async apply({ own }, { world, signal }) {
      const ecr = await world.aws.service("ecr");
      for (const { name } of own) await ecr.deleteRepository(name, signal);
    },
    gone: ({ own: [left] }) =>
      left === undefined ? ready : { state: "waiting", detail: `${left.name} is still there` },
  },
};

function tagThem(world: RegionWorld): string {
  const tags = Object.entries(platformTags(world)).map(([key, value]) => `${key}=${value}`);
  return `set ${tags.join(" and ")} if it belongs to this platform`;
}

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
