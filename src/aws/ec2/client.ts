import { ec2Calls } from "./calls.ts";
import { networkCalls } from "./network.ts";
import { routingCalls } from "./routing.ts";
import { securityGroupCalls } from "./security-groups.ts";
import type { Ec2 } from "./port.ts";
import type { Connected, Session } from "../session.ts";

/** Connects to EC2 through its SDK. */
export function createEc2(session: Session): Connected<Ec2> {
  const calls = ec2Calls(session);
  return {
    port: { ...networkCalls(calls), ...routingCalls(calls), ...securityGroupCalls(calls) },
    close: () => {
      calls.client.destroy();
      calls.careful.destroy();
    },
  };
}
