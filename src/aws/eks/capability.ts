import {
  type Capability,
  CreateCapabilityCommand,
  DeleteCapabilityCommand,
  DescribeCapabilityCommand,
  paginateListCapabilities,
  UpdateCapabilityCommand,
} from "@aws-sdk/client-eks";
import { itemsOf } from "../../core/items-of.ts";
import { oncePassed } from "../passing-refusal.ts";
import type { Tags } from "../tags.ts";
import type { EksCalls } from "./calls.ts";
import { unknownRole } from "./refused-for-now.ts";

/** Who may do what in Argo CD, by users and groups of IAM Identity Center. */
export interface ArgoCdMapping {
  readonly role: "ADMIN" | "EDITOR" | "VIEWER";
  readonly identities: readonly { readonly id: string; readonly type: "SSO_USER" | "SSO_GROUP" }[];
}

/** Argo CD that AWS runs outside of the cluster. */
export interface ArgoCdCapability {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
  readonly roleArn: string;
  /** The namespace of its Applications. */
  readonly namespace: string;
  /** The ARN of the instance of IAM Identity Center. */
  readonly identityCenter: string;
  /** Without one, the instance is in the cluster's AWS region. */
  readonly identityCenterRegion?: string | undefined;
  readonly mappings: readonly ArgoCdMapping[];
  readonly tags: Tags;
}

export type NewArgoCd = Omit<ArgoCdCapability, "arn" | "status" | "issues"> & { readonly cluster: string };

/** One change at a time: a mapping is set with all of its identities, or loses these. */
export type ArgoCdChange =
  | { readonly roleArn: string }
  | { readonly set: readonly ArgoCdMapping[] }
  | { readonly removed: readonly ArgoCdMapping[] };

export interface EksCapabilities {
  /** Returns the names of the capabilities of a cluster, such as Argo CD run by AWS. */
  capabilities(cluster: string, signal: AbortSignal): Promise<readonly string[]>;
  deleteCapability(cluster: string, name: string, signal: AbortSignal): Promise<void>;
  /** Returns the capability for Argo CD, of which a cluster has at most one, whatever its name. */
  argoCd(cluster: string, signal: AbortSignal): Promise<ArgoCdCapability | undefined>;
  createArgoCd(capability: NewArgoCd, signal: AbortSignal): Promise<void>;
  updateArgoCd(cluster: string, name: string, change: ArgoCdChange, signal: AbortSignal): Promise<void>;
}

/** Returns the status of a capability. */
export async function capabilityOf(
  { client, find }: EksCalls,
  clusterName: string,
  capabilityName: string,
  signal: AbortSignal,
): Promise<(Capability & { readonly status: string }) | undefined> {
  const command = new DescribeCapabilityCommand({ clusterName, capabilityName });
  const found = (await find(signal, (options) => client.send(command, options)))?.capability;
  return found && { ...found, status: found.status ?? "CREATING" };
}

/** Returns the calls for capabilities of clusters. */
export function capabilityCalls(calls: EksCalls): EksCapabilities {
  const { client, session, call, find, update } = calls;
  const list = async (clusterName: string, signal: AbortSignal) =>
    (await find(signal, (options) =>
      itemsOf(paginateListCapabilities({ client }, { clusterName }, options), (page) => page.capabilities),
    )) ?? [];
  return {
    capabilities: async (cluster, signal) =>
      (await list(cluster, signal)).flatMap(({ capabilityName }) => capabilityName ?? []),

    async deleteCapability(cluster, name, signal) {
      const command = new DeleteCapabilityCommand({ clusterName: cluster, capabilityName: name });
      await find(signal, (options) => client.send(command, options));
    },

    async argoCd(cluster, signal) {
      const listed = (await list(cluster, signal)).find(({ type }) => type === "ARGOCD");
      if (listed?.capabilityName === undefined) return undefined;
      const found = await capabilityOf(calls, cluster, listed.capabilityName, signal);
      return found && toArgoCd(found);
    },

    async createArgoCd({ cluster, name, roleArn, namespace, identityCenter, mappings, tags, ...more }, signal) {
      const command = new CreateCapabilityCommand({
        clusterName: cluster,
        capabilityName: name,
        type: "ARGOCD",
        roleArn,
        // EKS knows no other.
        deletePropagationPolicy: "RETAIN",
        configuration: {
          argoCd: {
            namespace,
            awsIdc: { idcInstanceArn: identityCenter, idcRegion: more.identityCenterRegion },
            rbacRoleMappings: mappings.map(toMapping),
          },
        },
        tags: { ...tags },
      });
      await oncePassed(session, signal, unknownRole, () => call(signal, (options) => client.send(command, options)));
    },

    async updateArgoCd(cluster, name, change, signal) {
      const command = new UpdateCapabilityCommand({
        clusterName: cluster,
        capabilityName: name,
        ...("roleArn" in change ? { roleArn: change.roleArn } : { configuration: toChange(change) }),
      });
      await oncePassed(session, signal, unknownRole, () =>
        update({ name: cluster, capabilityName: name }, (options) => client.send(command, options), signal),
      );
    },
  };
}

function toChange(change: Exclude<ArgoCdChange, { readonly roleArn: string }>) {
  const rbacRoleMappings =
    "set" in change
      ? { addOrUpdateRoleMappings: change.set.map(toMapping) }
      : { removeRoleMappings: change.removed.map(toMapping) };
  return { argoCd: { rbacRoleMappings } };
}

function toMapping({ role, identities }: ArgoCdMapping) {
  return { role, identities: [...identities] };
}

function toArgoCd(found: Capability & { readonly status: string }): ArgoCdCapability {
  const { awsIdc, namespace = "", rbacRoleMappings = [] } = found.configuration?.argoCd ?? {};
  const { idcInstanceArn = "", idcRegion } = awsIdc ?? {};
  return {
    name: found.capabilityName ?? "",
    arn: found.arn ?? "",
    status: found.status,
    issues: (found.health?.issues ?? []).map(({ code = "issue", message = "no details" }) => `${code}: ${message}`),
    roleArn: found.roleArn ?? "",
    namespace,
    identityCenter: idcInstanceArn,
    ...(idcRegion === undefined ? {} : { identityCenterRegion: idcRegion }),
    mappings: rbacRoleMappings.flatMap(({ role, identities = [] }) =>
      role === undefined
        ? []
        : { role, identities: identities.flatMap(({ id, type }) => (id && type ? [{ id, type }] : [])) },
    ),
    tags: found.tags ?? {},
  };
}
