import type { AwsServices } from "./port.ts";
import type { Session } from "./session.ts";

/** The adapter of a service, and how to end its connections. */
export interface Connected<P> {
  readonly port: P;
  readonly close: () => void;
}

/** How each service is connected; its SDK client is loaded only then. */
export const services: { readonly [S in keyof AwsServices]: (session: Session) => Promise<Connected<AwsServices[S]>> } =
  {
    ec2: async (session) => (await import("./ec2/client.ts")).createEc2(session),
    eks: async (session) => (await import("./eks/client.ts")).createEks(session),
    iam: async (session) => (await import("./iam/client.ts")).createIam(session),
    "secrets-manager": async (session) => (await import("./secrets-manager/client.ts")).createSecretsManager(session),
  };
