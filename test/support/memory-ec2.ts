import type { Ec2 } from "../../src/aws/ec2/port.ts";
import type { ClaimedVolume } from "../../src/aws/ec2/storage.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import { memoryLaunchTemplates } from "./memory-launch-templates.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demandTags, refuse } from "./aws-rules.ts";
import { memoryEndpoints } from "./memory-endpoints.ts";
import { type FlowLogNeeds, memoryFlowLogs } from "./memory-flow-logs.ts";
import { market, type Market, memoryOfferings } from "./memory-offerings.ts";
import { memoryPeering, type MemoryPeerings, memoryPeerings } from "./memory-peering.ts";
import { memoryRouting } from "./memory-routing.ts";
import { type Made, memoryThings } from "./memory-things.ts";
import { memorySecurityGroups } from "./memory-security-groups.ts";
import { memoryVpc } from "./memory-vpc.ts";

export type { Made } from "./memory-things.ts";

/** In-memory EC2, as its API reference describes it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryEc2(
  target: Pick<AwsTarget, "awsRegion" | "accountId">,
  things: Made[],
  needs: FlowLogNeeds,
  changes: AwsChanges,
  offers: Market = market(),
  peerings: MemoryPeerings = memoryPeerings(),
): Ec2 {
  const store = memoryThings(things, changes);
  return {
    ...memoryVpc(target, store, peerings),
    ...memoryPeering(target, things, peerings, changes),
    ...memoryOfferings(target.awsRegion, things, offers),
    ...memoryRouting(store, peerings, changes),
    ...memoryEndpoints(target, store, changes),
    ...memorySecurityGroups(things, changes),
    ...memoryLaunchTemplates(things, changes),
    ...memoryFlowLogs(store, needs),
    claimedVolumes: async () =>
      store.ofKind("vol").map(({ id, tags, facts }) => ({ id, tags, ...facts }) as unknown as ClaimedVolume),
    snapshotsWith: async (keyArn) =>
      store.ofKind("snap").flatMap(({ id, facts }) => (facts["keyArn"] === keyArn ? [id] : [])),
    tag: (id, tags) =>
      changes.change(() => {
        const action = "EC2 CreateTags";
        const connection = peerings.connections.find((each) => each.id === id);
        if (connection !== undefined) {
          demandTags(action, tags);
          connection.tags = { ...connection.tags, ...tags };
          return;
        }
        const index = things.findIndex((each) => each.id === id);
        const thing = things[index];
        if (thing === undefined) return refuse(action, "InvalidID", `The ID '${id}' is not valid`);
        demandTags(action, tags);
        things[index] = { ...thing, tags: { ...thing.tags, ...tags } };
      }),
  };
}
