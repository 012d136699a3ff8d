import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAccessEntryCommand,
  DeletePodIdentityAssociationCommand,
  DescribeAccessEntryCommand,
  DescribePodIdentityAssociationCommand,
  paginateListAccessEntries,
  paginateListAssociatedAccessPolicies,
  paginateListPodIdentityAssociations,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { mapBounded } from "../../core/bounded.ts";
import type { EksCalls } from "./calls.ts";
import type { Eks } from "./port.ts";
import { unknownRole } from "./refused-for-now.ts";
import { oncePassed } from "../passing-refusal.ts";

export type AccessCalls = Pick<
  Eks,
  | "accessEntry"
  | "accessEntries"
  | "createAccessEntry"
  | "deleteAccessEntry"
  | "associatePolicy"
  | "podIdentity"
  | "createPodIdentity"
  | "setPodIdentityRole"
  | "deletePodIdentity"
>;

/** Returns the calls for who may use a cluster, and for what its pods may use. */
export function accessCalls({ client, session, call, find, all }: EksCalls): AccessCalls {
  const port: AccessCalls = {
    async accessEntry(clusterName, principalArn, signal) {
      const input = { clusterName, principalArn };
      const entry = await find(signal, (options) => client.send(new DescribeAccessEntryCommand(input), options));
      if (entry === undefined) return undefined;
      const listed = await all(
        signal,
        (options) => paginateListAssociatedAccessPolicies({ client }, input, options),
        (page) => page.associatedAccessPolicies,
      );
      const wide = listed.filter((each) => each.accessScope?.type === "cluster");
      const tags = entry.accessEntry?.tags ?? {};
      return { principalArn, clusterPolicies: wide.map((each) => each.policyArn ?? ""), tags };
    },

    async accessEntries(clusterName, signal) {
      const arns = await all(
        signal,
        (options) => paginateListAccessEntries({ client }, { clusterName }, options),
        (page) => page.accessEntries,
      );
      const found = await mapBounded(arns, 4, (arn) => port.accessEntry(clusterName, arn, signal));
      return found.filter((each) => each !== undefined);
    },

    async createAccessEntry(clusterName, principalArn, tags, signal) {
      const command = new CreateAccessEntryCommand({ clusterName, principalArn, tags: { ...tags } });
      await call(signal, (options) => client.send(command, options));
    },

    async deleteAccessEntry(clusterName, principalArn, signal) {
      const command = new DeleteAccessEntryCommand({ clusterName, principalArn });
      await find(signal, (options) => client.send(command, options));
    },

    async associatePolicy(clusterName, principalArn, policyArn, signal) {
      const input = { clusterName, principalArn, policyArn, accessScope: { type: "cluster" as const } };
      await call(signal, (options) => client.send(new AssociateAccessPolicyCommand(input), options));
    },

    async podIdentity(clusterName, { namespace, serviceAccount }, signal) {
      const listed = await find(signal, async (options) => {
        const input = { clusterName, namespace, serviceAccount };
        for await (const page of paginateListPodIdentityAssociations({ client }, input, options)) {
          const [first] = page.associations ?? [];
          if (first?.associationId !== undefined) return first.associationId;
        }
        return undefined;
      });
      if (listed === undefined) return undefined;
      const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId: listed });
      const found = (await find(signal, (options) => client.send(command, options)))?.association;
      if (found === undefined) return undefined;
      const { associationArn: arn = "", roleArn = "", tags = {} } = found;
      return { id: listed, arn, namespace, serviceAccount, roleArn, tags };
    },

    async createPodIdentity(clusterName, identity, signal) {
      const command = new CreatePodIdentityAssociationCommand({
        clusterName,
        namespace: identity.namespace,
        serviceAccount: identity.serviceAccount,
        roleArn: identity.roleArn,
        tags: { ...identity.tags },
      });
      await oncePassed(session, signal, unknownRole, () => call(signal, (options) => client.send(command, options)));
    },

    async setPodIdentityRole(clusterName, id, roleArn, signal) {
      const command = new UpdatePodIdentityAssociationCommand({ clusterName, associationId: id, roleArn });
      await oncePassed(session, signal, unknownRole, () => call(signal, (options) => client.send(command, options)));
    },

    async deletePodIdentity(clusterName, id, signal) {
      const command = new DeletePodIdentityAssociationCommand({ clusterName, associationId: id });
      await find(signal, (options) => client.send(command, options));
    },
  };
  return port;
}
