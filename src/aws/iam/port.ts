import type { Tags } from "../tags.ts";
import type { PolicyDocument } from "../../core/iam-policy.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: PolicyDocument;
  /** The ARN of its permissions boundary. */
  readonly boundary?: string;
  /** ARNs of the managed policies attached to it. */
  readonly policies: readonly string[];
  /** Its inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  readonly tags: Tags;
}

export interface NewRole {
  readonly name: string;
  /** `/`, or `/platform/`. */
  readonly path: string;
  readonly trust: PolicyDocument;
  readonly boundary?: string | undefined;
  readonly tags: Tags;
}

/** Names of roles are unique in an account. Every call about a role that is not there is rejected, except by `role`. */
export interface Iam {
  role(name: string, signal: AbortSignal): Promise<Role | undefined>;
  /** Returns only the ARN of a role, which takes one call. */
  roleArn(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Returns the ARN. A role that exists with these tags is the result of an earlier attempt. */
  createRole(role: NewRole, signal: AbortSignal): Promise<string>;
  /** Sets tags of a role, and leaves its others. */
  tagRole(name: string, tags: Tags, signal: AbortSignal): Promise<void>;
  setTrust(role: string, trust: PolicyDocument, signal: AbortSignal): Promise<void>;
  /** Sets the permissions boundary, or removes it. */
  setBoundary(role: string, policyArn: string | undefined, signal: AbortSignal): Promise<void>;
  attachPolicy(role: string, policyArn: string, signal: AbortSignal): Promise<void>;
  detachPolicy(role: string, policyArn: string, signal: AbortSignal): Promise<void>;
  putInlinePolicy(role: string, name: string, policy: PolicyDocument, signal: AbortSignal): Promise<void>;
  deleteInlinePolicy(role: string, name: string, signal: AbortSignal): Promise<void>;
  /** Returns the names of the instance profiles that a role is in. */
  instanceProfiles(role: string, signal: AbortSignal): Promise<readonly string[]>;
  removeFromInstanceProfile(role: string, profile: string, signal: AbortSignal): Promise<void>;
  /** Deletes a role without policies and instance profiles; IAM rejects it otherwise. */
  deleteRole(name: string, signal: AbortSignal): Promise<void>;
}
