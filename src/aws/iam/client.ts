import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListInstanceProfilesForRole,
  paginateListRolePolicies,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { callsTo } from "../calls.ts";
import { hasTags } from "../../core/has-tags.ts";
import type { Iam } from "./port.ts";
import { policyOf, type PolicyDocument } from "../../core/iam-policy.ts";
import { fromTags, toTags } from "../tags.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";

/**
 * Connects to IAM through its SDK. Role names are unique in an account, so a repeated create call never creates a
 * second role.
 */
export function createIam(session: Session): Connected<Iam> {
  const client = new IAMClient(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);

  const inline = async (role: string, signal: AbortSignal): Promise<Readonly<Record<string, PolicyDocument>>> => {
    const names = await all(
      signal,
      (options) => paginateListRolePolicies({ client }, { RoleName: role }, options),
      (page) => page.PolicyNames,
    );
    const found = names.map(async (name): Promise<readonly [string, PolicyDocument]> => {
      const command = new GetRolePolicyCommand({ RoleName: role, PolicyName: name });
      const policy = await call(signal, (options) => client.send(command, options));
      return [name, parsed(policy.PolicyDocument)];
    });
    return Object.fromEntries(await Promise.all(found));
  };

  const port: Iam = {
    async role(name, signal) {
      const found = await find(signal, (options) => client.send(new GetRoleCommand({ RoleName: name }), options));
      if (found?.Role === undefined) return undefined;
      const [attached, own] = await Promise.all([
        all(
          signal,
          (options) => paginateListAttachedRolePolicies({ client }, { RoleName: name }, options),
          (page) => page.AttachedPolicies,
        ),
        inline(name, signal),
      ]);
      const boundary = found.Role.PermissionsBoundary?.PermissionsBoundaryArn;
      return {
        name,
        arn: found.Role.Arn ?? "",
        trust: parsed(found.Role.AssumeRolePolicyDocument),
        ...(boundary === undefined ? {} : { boundary }),
        policies: attached.map((policy) => policy.PolicyArn ?? ""),
        inline: own,
        tags: fromTags(found.Role.Tags),
      };
    },

    async roleArn(name, signal) {
      const found = await find(signal, (options) => client.send(new GetRoleCommand({ RoleName: name }), options));
      return found?.Role?.Arn;
    },

    async createRole({ name, path, trust, boundary, tags }, signal) {
      const command = new CreateRoleCommand({
        RoleName: name,
        Path: path,
        Description: "Made by gennet",
        AssumeRolePolicyDocument: JSON.stringify(trust),
        PermissionsBoundary: boundary,
        Tags: toTags(tags),
      });
      const answer = await call(signal, async (options) => {
        try {
          return await client.send(command, options);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "EntityAlreadyExistsException") throw error;
          const found = await client.send(new GetRoleCommand({ RoleName: name }), options);
          // A retry of a call whose response was lost finds its own role. A role without these tags is another one.
          if (!hasTags(fromTags(found.Role?.Tags), tags)) throw error;
          return found;
        }
      });
      session.fresh.add(name);
      return answer.Role?.Arn ?? "";
    },

    async tagRole(name, tags, signal) {
      const command = new TagRoleCommand({ RoleName: name, Tags: toTags(tags) });
      await call(signal, (options) => client.send(command, options));
    },

    async setTrust(role, trust, signal) {
      const input = { RoleName: role, PolicyDocument: JSON.stringify(trust) };
      await call(signal, (options) => client.send(new UpdateAssumeRolePolicyCommand(input), options));
    },

    async setBoundary(role, policyArn, signal) {
      await call<unknown>(signal, (options) =>
        policyArn === undefined
          ? client.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: role }), options)
          : client.send(
              new PutRolePermissionsBoundaryCommand({ RoleName: role, PermissionsBoundary: policyArn }),
              options,
            ),
      );
    },

    async attachPolicy(role, policyArn, signal) {
      await call(signal, (options) =>
        client.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), options),
      );
    },

    async detachPolicy(role, policyArn, signal) {
      await find(signal, (options) =>
        client.send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), options),
      );
    },

    async putInlinePolicy(role, name, policy, signal) {
      const input = { RoleName: role, PolicyName: name, PolicyDocument: JSON.stringify(policy) };
      await call(signal, (options) => client.send(new PutRolePolicyCommand(input), options));
    },

    async deleteInlinePolicy(role, name, signal) {
      await find(signal, (options) =>
        client.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name }), options),
      );
    },

    async instanceProfiles(role, signal) {
      const found = await all(
        signal,
        (options) => paginateListInstanceProfilesForRole({ client }, { RoleName: role }, options),
        (page) => page.InstanceProfiles,
      );
      return found.map((profile) => profile.InstanceProfileName ?? "");
    },

    async removeFromInstanceProfile(role, profile, signal) {
      const input = { RoleName: role, InstanceProfileName: profile };
      await find(signal, (options) => client.send(new RemoveRoleFromInstanceProfileCommand(input), options));
    },

    async deleteRole(name, signal) {
      await find(signal, (options) => client.send(new DeleteRoleCommand({ RoleName: name }), options));
    },
  };
  return { port, close: () => client.destroy() };
}

/** IAM returns policies URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
function parsed(document: string | undefined): PolicyDocument {
  return document === undefined ? policyOf() : (JSON.parse(decodeURIComponent(document)) as PolicyDocument);
}
