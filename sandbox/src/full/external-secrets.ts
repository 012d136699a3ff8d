import { componentAt, type FullRegion, loopback, type Part } from "./part.ts";

/** The operator that creates Secrets from secrets of the AWS endpoint, with the sandbox's own AWS key. */
export function externalSecrets(region: FullRegion): Part {
  const { health, metrics } = region.ports["external-secrets"];
  const { url, accessKeyId, secretAccessKey } = region.aws;
  return {
    component: componentAt(region, "external-secrets", health, `http://${loopback(health)}/healthz`),
    program: "external-secrets",
    args: [
      `--live-addr=${loopback(health)}`,
      `--metrics-addr=${loopback(metrics)}`,
      "--enable-leader-election=false",
      "--loglevel=warn",
    ],
    env: {
      KUBECONFIG: region.kubeconfig,
      AWS_SECRETSMANAGER_ENDPOINT: url,
      AWS_SSM_ENDPOINT: url,
      AWS_STS_ENDPOINT: url,
      AWS_REGION: region.awsRegion,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  };
}
