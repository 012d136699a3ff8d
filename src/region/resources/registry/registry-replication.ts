import type { CreationTemplate, ReplicationRule } from "../../../aws/ecr/port.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { asDesired, blocked, ready } from "../../../core/resource.ts";
import { hasCopies, otherAwsRegions, primaryOf, regionsBeside } from "../../primary-region.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { registry } from "./registry.ts";
import { repositoryNames, repositoryPrefix, repositorySettings, wantsReplication } from "./registry-facts.ts";

interface Copies {
  readonly template: CreationTemplate | undefined;
  /** The names of gennet.yaml's repositories that are copied here. */
  readonly repositories: readonly string[];
}

const owner = "Made by gennet";

function templateOf(world: RegionWorld): CreationTemplate {
  const { immutableTags, encryption, lifecyclePolicy } = repositorySettings;
  const prefix = repositoryPrefix(world).replace(/\/$/, "");
  return { prefix, appliedFor: ["REPLICATION"], immutableTags, encryption, lifecyclePolicy, description: owner };
}

function fieldsOf({ appliedFor, immutableTags, encryption, lifecyclePolicy }: CreationTemplate): Fields {
  const policy = lifecyclePolicy === undefined ? {} : { "lifecycle policy": lifecyclePolicy };
  return { "applied for": appliedFor, "immutable tags": immutableTags, encryption, ...policy };
}

/**
 * The settings of the repositories that ECR creates in a region for copied images: it copies no settings. Outputs the
 * template's prefix.
 */
export const registryTemplate: RegionResource<Copies, string> = {
  id: "registry-template",
  title: "Settings of copied ECR repositories",
  needs: [],
  wanted: (world) => wantsReplication(world) && hasCopies(world),
  async read({ world, signal }) {
    if (!hasCopies(world)) return { template: undefined, repositories: [] };
    const ecr = await world.aws.service("ecr");
    const [template, repositories] = await Promise.all([
      ecr.creationTemplate(templateOf(world).prefix, signal),
      ecr.repositories(repositoryPrefix(world), signal),
    ]);
    // Without replication, the copies that exist may still be running, as without a repository's name.
    const copied = wantsReplication(world) ? repositoryNames(world) : [];
    return { template, repositories: repositories.map(({ name }) => name).filter((name) => copied.includes(name)) };
  },
  diff({ template }, { world }) {
    if (!hasCopies(world)) return asDesired;
    const wanted = templateOf(world);
    const target = `template ${wanted.prefix}`;
    const difference = differenceOf(target, template && fieldsOf(template), fieldsOf(wanted));
    if (template === undefined || template.description === owner) return difference;
    return blocked("there is another template for this prefix, which gennet did not create", difference.operations);
  },
  async apply({ template }, { world, signal }) {
    const ecr = await world.aws.service("ecr");
    if (template === undefined) await ecr.createCreationTemplate(templateOf(world), signal);
    else await ecr.updateCreationTemplate(templateOf(world), signal);
  },
  ready: () => ready,
  output: ({ template }) => template?.prefix ?? "",
  removal: {
    diff({ template, repositories }, { world }) {
      // The copies are those of the other region, too.
      if (regionsBeside(world).length > 0 || template?.description !== owner) return asDesired;
      const targets = [...repositories.map((name) => `repository ${name}`), `template ${template.prefix}`];
      return { operations: targets.map((target) => ({ verb: "delete", target })) };
    },
    async apply({ template, repositories }, { world, signal }) {
      const ecr = await world.aws.service("ecr");
      for (const name of repositories) await ecr.deleteRepository(name, signal);
      // Last: a run that is killed before this still knows that the copies are ours.
      if (template !== undefined) await ecr.deleteCreationTemplate(template.prefix, signal);
    },
    gone: ({ template }) => (template === undefined ? ready : { state: "waiting", detail: "still there" }),
  },
};

/**
 * The copying of pushed images to every other region: one rule among those of the registry, which are read and written
 * as a whole. Images that were pushed before the rule are not copied. Outputs the destinations.
 */
export const registryReplication: RegionResource<readonly ReplicationRule[], readonly string[]> = {
  id: "registry-replication",
  title: "Replication of ECR images",
  scope: "platform",
  needs: [registry, registryTemplate],
  wanted: wantsReplication,
  read: async ({ world, signal }) => (await world.aws.service("ecr")).replicationRules(signal),
  diff(rules, { world }) {
    if (!wantsReplication(world)) return asDesired;
    const own = rules.find((rule) => isOwn(rule, world));
    const destinations = own?.destinations.map(({ awsRegion }) => awsRegion);
    return differenceOf(target(world), destinations && { destinations }, { destinations: otherAwsRegions(world) });
  },
  async apply(rules, { world, signal }) {
    const { accountId } = primaryOf(world);
    const destinations = otherAwsRegions(world).map((awsRegion) => ({ awsRegion, accountId }));
    const own = { destinations, prefixes: [repositoryPrefix(world)] };
    const others = rules.filter((rule) => !isOwn(rule, world));
    await (await world.aws.service("ecr")).setReplicationRules([...others, own], signal);
  },
  ready: () => ready,
  output: (rules) => rules.flatMap(({ destinations }) => destinations.map(({ awsRegion }) => awsRegion)),
  removal: {
    diff: (rules, { world }) => ({
      operations: rules.some((rule) => isOwn(rule, world)) ? [{ verb: "delete", target: target(world) }] : [],
    }),
    async apply(rules, { world, signal }) {
      const others = rules.filter((rule) => !isOwn(rule, world));
      await (await world.aws.service("ecr")).setReplicationRules(others, signal);
    },
    gone: () => ready,
  },
};

function target(world: RegionWorld): string {
  return `replication of ${repositoryPrefix(world)}*`;
}

/** The rule for the platform's prefix alone: a rule has no name and no tags. */
function isOwn({ prefixes }: ReplicationRule, world: RegionWorld): boolean {
  return prefixes.length === 1 && prefixes[0] === repositoryPrefix(world);
}
