import { ElastiCacheClient, paginateDescribeEvents as cacheEvents } from "@aws-sdk/client-elasticache";
import { paginateDescribeEvents as databaseEvents, RDSClient } from "@aws-sdk/client-rds";
import { eventMinutes } from "../../src/aws/last-event.ts";

/**
 * Reads the events of the data stores in an AWS region as the adapters do. Whether a bootstrap reads them depends on how
 * long it has to wait. The variables of the AWS must be set.
 */
export async function readStoreEvents(awsRegion: string): Promise<number> {
  const databases = new RDSClient({ region: awsRegion });
  const caches = new ElastiCacheClient({ region: awsRegion });
  const input = { Duration: eventMinutes };
  let read = 0;
  for (const pages of [databaseEvents({ client: databases }, input), cacheEvents({ client: caches }, input)]) {
    for await (const { Events = [] } of pages) {
      for (const { Message, Date: at } of Events) if (Message !== undefined && at !== undefined) read++;
    }
  }
  databases.destroy();
  caches.destroy();
  return read;
}
