import type { Tags } from "../tags.ts";

/** What instances are launched with. */
export interface LaunchSettings {
  /** GiB of the root volume, which is encrypted gp3. */
  readonly diskGb: number;
  /** The KMS key of the root volume. */
  readonly diskKeyArn: string;
  /** How many hops an answer of the metadata service may take: with one, pods do not reach it. */
  readonly metadataHops: number;
  /** Tags of the instances and their volumes. */
  readonly tags: Tags;
}

/** What the latest version of a launch template says; parts that it does not say are absent. */
export interface LaunchVersion extends Partial<LaunchSettings> {
  readonly diskType?: string;
  readonly diskEncrypted: boolean;
  /** Whether the metadata service demands a session token (IMDSv2). */
  readonly metadataTokens: boolean;
}

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly latestVersion: number;
  readonly latest: LaunchVersion;
  readonly tags: Tags;
}

/** Launch templates of EC2. Names are unique in an AWS region. */
export interface LaunchTemplates {
  launchTemplate(name: string, signal: AbortSignal): Promise<LaunchTemplate | undefined>;
  /** Returns the id of the template. */
  createLaunchTemplate(name: string, settings: LaunchSettings, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Adds a version after `latestVersion`, which makes a repeated call return the same version. */
  addLaunchTemplateVersion(
    template: Pick<LaunchTemplate, "id" | "latestVersion">,
    settings: LaunchSettings,
    signal: AbortSignal,
  ): Promise<void>;
  deleteLaunchTemplate(id: string, signal: AbortSignal): Promise<void>;
}
