import { CreateFlowLogsCommand, DeleteFlowLogsCommand, paginateDescribeFlowLogs } from "@aws-sdk/client-ec2";
import { filtersOf, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import { roleUnknown } from "./passing.ts";
import type { Ec2 } from "./port.ts";
import { throwUnsuccessful } from "./unsuccessful.ts";

type FlowLogPort = Pick<Ec2, "flowLogs" | "createFlowLog" | "deleteFlowLog">;

/** Returns the calls for flow logs. */
export function flowLogCalls({ client, careful, all, createdOnce, removed, passed }: Ec2Calls): FlowLogPort {
  const port: FlowLogPort = {
    async flowLogs(where, signal) {
      const Filter = filtersOf(where, "resource-id");
      const found = await all(
        signal,
        (options) => paginateDescribeFlowLogs({ client }, { Filter }, options),
        (page) => page.FlowLogs,
      );
      return found.map((log) => ({
        id: log.FlowLogId ?? "",
        vpcId: log.ResourceId ?? "",
        traffic: log.TrafficType ?? "",
        logGroup: log.LogGroupName ?? "",
        roleArn: log.DeliverLogsPermissionArn ?? "",
        state: log.FlowLogStatus ?? "",
        ...(log.DeliverLogsErrorMessage === undefined ? {} : { failure: log.DeliverLogsErrorMessage }),
        tags: fromTags(log.Tags),
      }));
    },

    createFlowLog: ({ vpcId, logGroup, roleArn, traffic }, tags, signal) =>
      passed(signal, roleUnknown, () =>
        createdOnce(
          signal,
          async (options) => {
            const input = {
              ResourceType: "VPC" as const,
              ResourceIds: [vpcId],
              TrafficType: traffic,
              LogDestinationType: "cloud-watch-logs" as const,
              LogGroupName: logGroup,
              DeliverLogsPermissionArn: roleArn,
              TagSpecifications: tagged("vpc-flow-log", tags),
            };
            const answer = await careful.send(new CreateFlowLogsCommand(input), options);
            throwUnsuccessful("CreateFlowLogs", answer.Unsuccessful);
            return answer.FlowLogIds?.[0];
          },
          async () => (await port.flowLogs({ tags }, signal))[0]?.id,
        ),
      ),

    deleteFlowLog: (id, signal) =>
      removed(signal, async (options) => {
        const answer = await client.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] }), options);
        throwUnsuccessful("DeleteFlowLogs", answer.Unsuccessful);
      }),
  };
  return port;
}
