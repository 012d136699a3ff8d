/** What a bare group such as `gennet region` says of itself; the empty name is `gennet` alone. */
export const groups: Readonly<Record<string, string>> = {
  "": "Run a multi-region microservice platform on EKS, Istio and Argo CD.",
  new: "Scaffold something from a template.",
  region: "Plan and build regions.",
  app: "Look at the Applications of Argo CD.",
  service: "Look at services, and keep them in step with their template.",
  secrets: "Rotate secrets of AWS Secrets Manager, all the way into the running pods.",
  sandbox: "A platform on this machine, no account needed.",
};
