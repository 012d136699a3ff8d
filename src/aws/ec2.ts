import { ec2Calls } from "./ec2-calls.ts";
import { networkCalls } from "./ec2-network.ts";
import { routingCalls } from "./ec2-routing.ts";
import type { Ec2 } from "./port.ts";
import type { Session } from "./session.ts";

/** EC2 through its SDK. */
export function createEc2(session: Session): { readonly port: Ec2; readonly close: () => void } {
  const calls = ec2Calls(session);
  return {
    port: { ...networkCalls(calls), ...routingCalls(calls) },
    close: () => {
      calls.client.destroy();
      calls.careful.destroy();
    },
  };
}
