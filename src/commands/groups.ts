/** The descriptions of groups such as `gennet region`. The empty name is `gennet` itself. */
export const groups: Readonly<Record<string, string>> = {
  "": "Run a multi-region microservice platform on EKS, Istio and Argo CD.",
  new: "Create something from a template.",
  region: "Plan, create, check and list regions.",
  app: "Show the Argo CD Applications of every region.",
  service: "Show services, and keep them up to date with their template.",
  secrets: "List, rotate, verify and roll back secrets in every region.",
  runbook: "Run written procedures step by step, with a record.",
  sandbox: "Run a platform on this machine, without an AWS account.",
};
