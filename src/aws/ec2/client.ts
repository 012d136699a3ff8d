import { ec2Calls } from "./calls.ts";
import { dryRunCalls } from "./dry-run.ts";
import { endpointCalls } from "./endpoints.ts";
import { natCalls } from "./nat.ts";
import { launchTemplateCalls } from "./launch-templates.ts";
import { networkCalls } from "./network.ts";
import { peeringCalls } from "./peering.ts";
import { offeringCalls } from "./offerings.ts";
import { routingCalls } from "./routing.ts";
import { flowLogCalls } from "./flow-logs.ts";
import { leftoverCalls } from "./leftovers.ts";
import { securityGroupCalls } from "./security-groups.ts";
import { storageCalls } from "./storage.ts";
import { subnetCalls } from "./subnets.ts";
import type { Ec2 } from "./port.ts";
import type { Connected, Session } from "../session.ts";

/** Connects to EC2 through its SDK. */
export function createEc2(session: Session): Connected<Ec2> {
  const calls = ec2Calls(session);
  return {
    port: {
      ...networkCalls(calls),
      ...subnetCalls(calls),
      ...natCalls(calls),
      ...routingCalls(calls),
      ...peeringCalls(calls),
      ...endpointCalls(calls),
      ...launchTemplateCalls(calls),
      ...flowLogCalls(calls),
      ...securityGroupCalls(calls),
      ...leftoverCalls(calls),
      ...storageCalls(calls),
      ...offeringCalls(calls),
      ...dryRunCalls(calls),
    },
    close: () => {
      calls.client.destroy();
      calls.careful.destroy();
    },
  };
}
