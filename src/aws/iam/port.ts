import type { Tags } from "../tags.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** ARNs of the managed policies attached to it. */
  readonly policies: readonly string[];
  readonly tags: Tags;
}

export interface Iam {
  role(name: string, signal: AbortSignal): Promise<Role | undefined>;
  /** Creates a role that `service` may assume, such as `eks.amazonaws.com`. Returns its ARN. */
  createRole(name: string, service: string, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Sets tags of a role, and leaves its others. */
  tagRole(name: string, tags: Tags, signal: AbortSignal): Promise<void>;
  attachPolicy(role: string, policyArn: string, signal: AbortSignal): Promise<void>;
}
