import type { Session } from "./session.ts";

/** The services that gennet calls: one folder and one line each. SDK clients are loaded on first use. */
export const services = {
  ec2: async (session: Session) => (await import("./ec2/client.ts")).createEc2(session),
  eks: async (session: Session) => (await import("./eks/client.ts")).createEks(session),
  iam: async (session: Session) => (await import("./iam/client.ts")).createIam(session),
  quotas: async (session: Session) => (await import("./quotas/client.ts")).createQuotas(session),
  secrets: async (session: Session) => (await import("./secrets/client.ts")).createSecretsManager(session),
};

/** The port of each service. */
export type AwsServices = {
  readonly [S in keyof typeof services]: Awaited<ReturnType<(typeof services)[S]>>["port"];
};
