import { type ElastiCacheClient, ListTagsForResourceCommand } from "@aws-sdk/client-elasticache";
import type { Calls } from "../calls.ts";
import { fromTags, type Tags } from "../tags.ts";

/** Reads the tags of a resource by its ARN; none, if it is gone meanwhile. */
export type TagsReader = (arn: string | undefined, signal: AbortSignal) => Promise<Tags>;

export function tagsReader(client: ElastiCacheClient, { call }: Calls): TagsReader {
  return async (arn, signal) => {
    const command = new ListTagsForResourceCommand({ ResourceName: arn ?? "" });
    return fromTags(
      await call(signal, async (options) => {
        try {
          return (await client.send(command, options)).TagList;
        } catch (error) {
          // While a resource is being created or deleted, ElastiCache has no tags of it.
          if (error instanceof Error && /NotFound|InvalidReplicationGroupState/.test(error.name)) return undefined;
          throw error;
        }
      }),
    );
  };
}
