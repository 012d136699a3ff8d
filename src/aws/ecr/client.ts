import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  paginateDescribeRepositories,
  paginateDescribeRepositoryCreationTemplates,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  PutReplicationConfigurationCommand,
  type Repository as SdkRepository,
  type RepositoryCreationTemplate,
  UpdateRepositoryCreationTemplateCommand,
} from "@aws-sdk/client-ecr";
import { mapBounded } from "../../core/bounded.ts";
import { callsTo } from "../calls.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { fromTags, type Tags, toTags } from "../tags.ts";
import type { CreationTemplate, Ecr, ImageRepository } from "./port.ts";
import { fromRule, toRepository, toRule, toTemplate } from "./shapes.ts";

const readsAtOnce = 4;
const ownKey = { encryptionType: "AES256" } as const;
const mutability = (immutable: boolean): "IMMUTABLE" | "MUTABLE" => (immutable ? "IMMUTABLE" : "MUTABLE");

/** Connects to ECR through its SDK. */
export function createEcr(session: Session): Connected<Ecr> {
  const client = new ECRClient(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);
  const tagsOf = async (arn: string | undefined, signal: AbortSignal): Promise<Tags> => {
    const input = { resourceArn: arn ?? "" };
    const answer = await find(signal, (options) => client.send(new ListTagsForResourceCommand(input), options));
    return fromTags(answer?.tags);
  };
  const whole = async (repository: SdkRepository, signal: AbortSignal): Promise<ImageRepository> => {
    const input = { repositoryName: repository.repositoryName ?? "" };
    const [policy, tags] = await Promise.all([
      find(signal, (options) => client.send(new GetLifecyclePolicyCommand(input), options)),
      tagsOf(repository.repositoryArn, signal),
    ]);
    return toRepository(repository, policy?.lifecyclePolicyText, tags);
  };
  const templateInput = (template: CreationTemplate) => ({
    prefix: template.prefix,
    description: template.description,
    encryptionConfiguration: ownKey,
    imageTagMutability: mutability(template.immutableTags),
    appliedFor: template.appliedFor as RepositoryCreationTemplate["appliedFor"] & {},
    ...(template.lifecyclePolicy === undefined ? {} : { lifecyclePolicy: template.lifecyclePolicy }),
  });

  const port: Ecr = {
    async repositories(prefix, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeRepositories({ client }, {}, options),
        (page) => page.repositories,
      );
      const own = found.filter(({ repositoryName = "" }) => repositoryName.startsWith(prefix));
      return mapBounded(own, readsAtOnce, (repository) => whole(repository, signal));
    },

    async createRepository({ name, immutableTags, scansOnPush, tags }, signal) {
      const command = new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: mutability(immutableTags),
        imageScanningConfiguration: { scanOnPush: scansOnPush },
        encryptionConfiguration: ownKey,
        tags: toTags(tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^RepositoryAlreadyExistsException$/,
        tags,
        async () => {
          const input = { repositoryNames: [name] };
          const answer = await find(signal, (options) => client.send(new DescribeRepositoriesCommand(input), options));
          const [repository] = answer?.repositories ?? [];
          return repository && { tags: await tagsOf(repository.repositoryArn, signal) };
        },
      );
    },

    async setTagMutability(name, immutable, signal) {
      const input = { repositoryName: name, imageTagMutability: mutability(immutable) };
      await call(signal, (options) => client.send(new PutImageTagMutabilityCommand(input), options));
    },

    async setScanning(name, onPush, signal) {
      const input = { repositoryName: name, imageScanningConfiguration: { scanOnPush: onPush } };
      await call(signal, (options) => client.send(new PutImageScanningConfigurationCommand(input), options));
    },

    async setLifecyclePolicy(name, policy, signal) {
      const input = { repositoryName: name, lifecyclePolicyText: policy };
      await call(signal, (options) => client.send(new PutLifecyclePolicyCommand(input), options));
    },

    async deleteRepository(name, signal) {
      const input = { repositoryName: name, force: true };
      await find(signal, (options) => client.send(new DeleteRepositoryCommand(input), options));
    },

    async replicationRules(signal) {
      const answer = await call(signal, (options) => client.send(new DescribeRegistryCommand({}), options));
      return (answer.replicationConfiguration?.rules ?? []).map(toRule);
    },

    async setReplicationRules(rules, signal) {
      const input = { replicationConfiguration: { rules: rules.map(fromRule) } };
      await call(signal, (options) => client.send(new PutReplicationConfigurationCommand(input), options));
    },

    async creationTemplate(prefix, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeRepositoryCreationTemplates({ client }, {}, options),
        (page) => page.repositoryCreationTemplates,
      );
      const template = found.find((each) => each.prefix === prefix);
      return template && toTemplate(template);
    },

    async createCreationTemplate(template, signal) {
      const command = new CreateRepositoryCreationTemplateCommand(templateInput(template));
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^TemplateAlreadyExistsException$/,
        { description: template.description },
        async () => {
          const found = await port.creationTemplate(template.prefix, signal);
          return found && { tags: { description: found.description } };
        },
      );
    },

    async updateCreationTemplate(template, signal) {
      const command = new UpdateRepositoryCreationTemplateCommand(templateInput(template));
      await call(signal, (options) => client.send(command, options));
    },

    async deleteCreationTemplate(prefix, signal) {
      await find(signal, (options) => client.send(new DeleteRepositoryCreationTemplateCommand({ prefix }), options));
    },
  };
  return { port, close: () => client.destroy() };
}
