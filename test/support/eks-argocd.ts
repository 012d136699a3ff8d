import type { RegionTrial } from "./region-trial.ts";

/** Lets the gennet.yaml of a trial bring the platform, by an Argo CD that EKS runs. */
export function bringByEks(trial: RegionTrial): void {
  trial.edit((keys) => ({
    ...keys,
    platform: { mirror: "https://git.example/mirror.git", tracing: { endpoint: "https://otlp.acme.example" } },
    gitops: {
      repository: "https://git.example/platform.git",
      argocd: "capability",
      capability: {
        identityCenter: "arn:aws:sso:::instance/ssoins-1",
        roles: { admin: { groups: ["686103e0-f051-7068-b225-e6392b959d9e"] } },
      },
    },
  }));
}
