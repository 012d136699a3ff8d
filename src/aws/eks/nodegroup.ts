import type { Tags } from "../tags.ts";

export interface Scaling {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  /** As in Kubernetes: NoSchedule, NoExecute, PreferNoSchedule. */
  readonly effect: string;
}

/** A version of a launch template of EC2. */
export interface TemplateVersion {
  readonly id: string;
  readonly version: number;
}

interface NodegroupSettings {
  readonly name: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  /** The kind of machine image, AL2023_ARM_64_STANDARD. */
  readonly imageType: string;
  readonly scaling: Scaling;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
  /** Whether EKS replaces nodes that stay unhealthy. */
  readonly repair: boolean;
  readonly tags: Tags;
}

export interface Nodegroup extends NodegroupSettings {
  readonly arn: string;
  readonly status: string;
  /** Kubernetes minor version of its nodes. */
  readonly version?: string;
  readonly instanceTypes: readonly string[];
  /** Absent if it was created without one. */
  readonly template?: TemplateVersion;
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
}

export interface NewNodegroup extends NodegroupSettings {
  readonly cluster: string;
  readonly instanceType: string;
  readonly template: TemplateVersion;
}

/** What changes without a replacement of nodes; labels and taints only apply to new nodes. */
export interface NodegroupChange {
  /** Absent if it stays: the number of nodes that EKS shows may be older than the autoscaler's. */
  readonly scaling?: Scaling;
  readonly labels: { readonly set: Readonly<Record<string, string>>; readonly removed: readonly string[] };
  readonly taints: { readonly set: readonly NodeTaint[]; readonly removed: readonly NodeTaint[] };
  readonly repair: boolean;
}
