import { AllocateAddressCommand, CreateInternetGatewayCommand, CreateVpcCommand } from "@aws-sdk/client-ec2";
import type { Ec2Calls } from "./calls.ts";

/** Calls that create something, and that EC2 can check without parameters of things that do not exist yet. */
export type DryRunAction = "CreateVpc" | "CreateInternetGateway" | "AllocateAddress";

export interface Ec2DryRun {
  /**
   * Returns whether the caller is allowed to make a call, also as seen by service control policies. Changes nothing:
   * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html (DryRun)
   */
  isAllowed(action: DryRunAction, signal: AbortSignal): Promise<boolean>;
}

export function dryRunCalls({ client, call }: Pick<Ec2Calls, "client" | "call">): Ec2DryRun {
  const dry = { DryRun: true } as const;
  const sends: Readonly<Record<DryRunAction, (options: { readonly abortSignal: AbortSignal }) => Promise<unknown>>> = {
    CreateVpc: (options) => client.send(new CreateVpcCommand({ ...dry, CidrBlock: "10.0.0.0/16" }), options),
    CreateInternetGateway: (options) => client.send(new CreateInternetGatewayCommand(dry), options),
    AllocateAddress: (options) => client.send(new AllocateAddressCommand({ ...dry, Domain: "vpc" }), options),
  };
  return {
    isAllowed: (action, signal) =>
      call(signal, async (options) => {
        try {
          await sends[action](options);
          return true;
        } catch (error) {
          // The answer of a dry run is always an error.
          if (error instanceof Error && error.name === "DryRunOperation") return true;
          if (error instanceof Error && error.name === "UnauthorizedOperation") return false;
          throw error;
        }
      }),
  };
}
