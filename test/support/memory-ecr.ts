import type { CreationTemplate, Ecr, ReplicationRule, ImageRepository } from "../../src/aws/ecr/port.ts";
import { hasTags } from "../../src/core/has-tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A region's registry. */
export interface MemoryRegistry {
  readonly repositories: Map<string, Mutable<ImageRepository>>;
  readonly templates: Map<string, CreationTemplate>;
  rules: readonly ReplicationRule[];
}

export function memoryRegistry(): MemoryRegistry {
  return { repositories: new Map(), templates: new Map(), rules: [] };
}

/** In-memory ECR, as its API reference describes it: https://docs.aws.amazon.com/AmazonECR/latest/APIReference */
export function memoryEcr({ awsRegion, accountId }: AwsTarget, registry: MemoryRegistry, { change }: AwsChanges): Ecr {
  const { repositories, templates } = registry;
  const known = (action: string, name: string): Mutable<ImageRepository> =>
    repositories.get(name) ??
    refuse(action, "RepositoryNotFoundException", `The repository with name '${name}' does not exist`);
  const demandPolicy = (action: string, policy: string): void => {
    const { rules } = JSON.parse(policy) as { readonly rules?: readonly unknown[] };
    demand(rules !== undefined && rules.length > 0, action, "InvalidParameterException", "the policy has no rules");
  };
  return {
    repositories: async (prefix) =>
      [...repositories.values()].filter(({ name }) => name.startsWith(prefix)).map((each) => ({ ...each })),
    createRepository: ({ name, immutableTags, scansOnPush, tags }) =>
      change(() => {
        const action = "ECR CreateRepository";
        const before = repositories.get(name);
        if (before !== undefined) {
          const own = hasTags(before.tags, tags);
          return demand(own, action, "RepositoryAlreadyExistsException", `The repository '${name}' already exists`);
        }
        demandTags(action, tags);
        const fits = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name);
        demand(fits && name.length <= 256, action, "InvalidParameterException", `Invalid repository name ${name}`);
        const arn = `arn:aws:ecr:${awsRegion}:${accountId}:repository/${name}`;
        const uri = `${accountId}.dkr.ecr.${awsRegion}.amazonaws.com/${name}`;
        repositories.set(name, { name, arn, uri, immutableTags, scansOnPush, encryption: "AES256", tags });
      }),
    setTagMutability: (name, immutable) =>
      change(() => void (known("ECR PutImageTagMutability", name).immutableTags = immutable)),
    setScanning: (name, onPush) =>
      change(() => void (known("ECR PutImageScanningConfiguration", name).scansOnPush = onPush)),
    setLifecyclePolicy: (name, policy) =>
      change(() => {
        const action = "ECR PutLifecyclePolicy";
        demandPolicy(action, policy);
        known(action, name).lifecyclePolicy = policy;
      }),
    deleteRepository: (name) => change(() => void repositories.delete(name)),
    replicationRules: async () => registry.rules,
    setReplicationRules: (rules) =>
      change(() => {
        const action = "ECR PutReplicationConfiguration";
        demand(rules.length <= 10, action, "ValidationException", "a registry has at most 10 rules");
        const filled = rules.every(({ destinations }) => destinations.length > 0 && destinations.length <= 25);
        demand(filled, action, "ValidationException", "a rule has 1 to 25 destinations");
        const itself = rules.some(({ destinations }) =>
          destinations.some((each) => each.awsRegion === awsRegion && each.accountId === accountId),
        );
        demand(!itself, action, "InvalidParameterException", "a registry cannot replicate to itself");
        registry.rules = rules;
      }),
    creationTemplate: async (prefix) => templates.get(prefix),
    createCreationTemplate: (template) =>
      change(() => {
        const action = "ECR CreateRepositoryCreationTemplate";
        const before = templates.get(template.prefix);
        const own = before === undefined || before.description === template.description;
        demand(own, action, "TemplateAlreadyExistsException", `The template '${template.prefix}' already exists`);
        if (template.lifecyclePolicy !== undefined) demandPolicy(action, template.lifecyclePolicy);
        templates.set(template.prefix, template);
      }),
    updateCreationTemplate: (template) =>
      change(() => {
        const action = "ECR UpdateRepositoryCreationTemplate";
        demand(
          templates.has(template.prefix),
          action,
          "TemplateNotFoundException",
          `${template.prefix} does not exist`,
        );
        templates.set(template.prefix, template);
      }),
    deleteCreationTemplate: (prefix) => change(() => void templates.delete(prefix)),
  };
}
