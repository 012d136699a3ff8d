import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { callsTo } from "../calls.ts";
import type { Iam } from "./port.ts";
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

  const port: Iam = {
    async role(name, signal) {
      const found = await find(signal, (options) => client.send(new GetRoleCommand({ RoleName: name }), options));
      if (found?.Role === undefined) return undefined;
      const attached = await all(
        signal,
        (options) => paginateListAttachedRolePolicies({ client }, { RoleName: name }, options),
        (page) => page.AttachedPolicies,
      );
      const policies = attached.map((policy) => policy.PolicyArn ?? "");
      return { name, arn: found.Role.Arn ?? "", policies, tags: fromTags(found.Role.Tags) };
    },

    async createRole(name, service, tags, signal) {
      const command = new CreateRoleCommand({
        RoleName: name,
        Description: "Made by gennet",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
        }),
        Tags: toTags(tags),
      });
      const answer = await call(signal, async (options) => {
        try {
          return await client.send(command, options);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "EntityAlreadyExistsException") throw error;
          const found = await client.send(new GetRoleCommand({ RoleName: name }), options);
          // A retry of a call whose response was lost finds its own role. A role without these tags is another one.
          const own = fromTags(found.Role?.Tags);
          if (Object.entries(tags).some(([key, value]) => own[key] !== value)) throw error;
          return found;
        }
      });
      return answer.Role?.Arn ?? "";
    },

    async tagRole(name, tags, signal) {
      const command = new TagRoleCommand({ RoleName: name, Tags: toTags(tags) });
      await call(signal, (options) => client.send(command, options));
    },

    async attachPolicy(role, policyArn, signal) {
      await call(signal, (options) =>
        client.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), options),
      );
    },
  };
  return { port, close: () => client.destroy() };
}
