import { paginateDescribeClusterVersions } from "@aws-sdk/client-eks";
import type { EksCalls } from "./calls.ts";

export type VersionSupport = "STANDARD_SUPPORT" | "EXTENDED_SUPPORT" | "UNSUPPORTED" | (string & {});

/** A Kubernetes minor version that EKS offers. */
export interface ClusterVersion {
  /** `1.34` */
  readonly version: string;
  readonly isDefault: boolean;
  readonly support: VersionSupport;
  readonly standardUntil?: Date;
  readonly extendedUntil?: Date;
}

export interface EksVersions {
  /** Returns every version that clusters can have, also without support. */
  versions(signal: AbortSignal): Promise<readonly ClusterVersion[]>;
}

export function versionCalls({ client, all }: Pick<EksCalls, "client" | "all">): EksVersions {
  return {
    async versions(signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeClusterVersions({ client }, { includeAll: true }, options),
        (page) => page.clusterVersions,
      );
      return found.map((each): ClusterVersion => {
        const { endOfStandardSupportDate: standardUntil, endOfExtendedSupportDate: extendedUntil } = each;
        return {
          version: each.clusterVersion ?? "",
          isDefault: each.defaultVersion ?? false,
          support: each.versionStatus ?? "UNSUPPORTED",
          ...(standardUntil === undefined ? {} : { standardUntil }),
          ...(extendedUntil === undefined ? {} : { extendedUntil }),
        };
      });
    },
  };
}
