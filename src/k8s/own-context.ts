import type { AwsCalls } from "../aws/port.ts";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Region } from "../platform/schema.ts";
import { contextTarget, type KubeconfigSource } from "./kubeconfig.ts";

type OwnContext = Pick<Region, "name" | "awsRegion" | "cluster"> & { readonly context: string };

/**
 * Throws KUBECONFIG_INVALID if the kubeconfig context of a region leads to another cluster than the one that EKS
 * describes: what is meant for the region's cluster must not change another one. The CA decides, because every cluster
 * has its own, while a tunnel has another address. Only a context without a CA is known by its address.
 */
export async function assertOwnContext(
  { name, awsRegion, cluster, context }: OwnContext,
  aws: AwsCalls<"eks", "cluster">,
  source: Pick<KubeconfigSource, "env" | "home">,
  signal: AbortSignal,
): Promise<void> {
  const { server, authority } = await contextTarget(context, source);
  const { endpoint, certificateAuthority = "" } = (await (await aws.service("eks")).cluster(cluster, signal)) ?? {};
  const isOwn =
    authority === undefined
      ? endpoint !== undefined && server.host === new URL(endpoint).host
      : isPartOf(certificatesIn(authority), certificatesIn(certificateAuthority));
  if (isOwn) return;
  throw new AppError(
    "KUBECONFIG_INVALID",
    `Region ${name}: the kubeconfig context "${context}" is not of the EKS cluster "${cluster}" in ${awsRegion}: it has another CA or address.`,
    {
      next: [
        shell`aws eks update-kubeconfig --name ${cluster} --region ${awsRegion} --alias ${context}`,
        `Or remove context from region ${name} in gennet.yaml: gennet then asks EKS for the endpoint and the CA.`,
      ],
    },
  );
}

/** While EKS rotates the CA of a cluster, it describes two certificates, of which a kubeconfig may have one. */
function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  return some.length > 0 && some.every((each) => all.includes(each));
}

/** Returns the certificates of a bundle, base64 of PEM, without line breaks. */
function certificatesIn(bundle: string): readonly string[] {
  const pem = Buffer.from(bundle, "base64").toString("utf8");
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body = ""]) =>
    body.replace(/\s/g, ""),
  );
}
