import type { Session } from "./session.ts";

/** The services that gennet calls: one folder and one line each. SDK clients are loaded on first use. */
export const services = {
  acm: async (session: Session) => (await import("./acm/client.ts")).createAcm(session),
  ec2: async (session: Session) => (await import("./ec2/client.ts")).createEc2(session),
  ecr: async (session: Session) => (await import("./ecr/client.ts")).createEcr(session),
  eks: async (session: Session) => (await import("./eks/client.ts")).createEks(session),
  elasticache: async (session: Session) => (await import("./elasticache/client.ts")).createElastiCache(session),
  elbv2: async (session: Session) => (await import("./elbv2/client.ts")).createLoadBalancing(session),
  iam: async (session: Session) => (await import("./iam/client.ts")).createIam(session),
  kms: async (session: Session) => (await import("./kms/client.ts")).createKms(session),
  logs: async (session: Session) => (await import("./logs/client.ts")).createLogs(session),
  neptune: async (session: Session) => (await import("./neptune/client.ts")).createNeptune(session),
  quotas: async (session: Session) => (await import("./quotas/client.ts")).createQuotas(session),
  s3: async (session: Session) => (await import("./s3/client.ts")).createS3(session),
  rds: async (session: Session) => (await import("./rds/client.ts")).createRds(session),
  route53: async (session: Session) => (await import("./route53/client.ts")).createRoute53(session),
  secrets: async (session: Session) => (await import("./secrets/client.ts")).createSecretsManager(session),
};

/** The port of each service. */
export type AwsServices = {
  readonly [S in keyof typeof services]: Awaited<ReturnType<(typeof services)[S]>>["port"];
};
