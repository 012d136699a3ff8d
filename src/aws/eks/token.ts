import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Session } from "../session.ts";

const clusterHeader = "x-k8s-aws-id";
/** EKS accepts a token for 15 minutes after signing; one minute is reserved for clock skew and the request itself. */
const usableMs = 14 * 60_000;

/**
 * Returns a function that creates bearer tokens for EKS API servers, like `aws eks get-token`: a presigned GET of
 * sts:GetCallerIdentity with the cluster's name as a signed header. Needs no call if the credentials are cached.
 */
export function tokenSource(session: Session): (cluster: string) => Promise<string> {
  const held = new Map<string, { readonly token: string; readonly madeAt: number }>();
  let endpoint: Promise<HttpRequest> | undefined;
  return async (cluster) => {
    const known = held.get(cluster);
    if (known !== undefined && session.clock.now() - known.madeAt < usableMs) return known.token;
    const madeAt = session.clock.now();
    const token = await sign(session, await (endpoint ??= stsEndpoint(session)), cluster, new Date(madeAt));
    held.set(cluster, { token, madeAt });
    return token;
  };
}

async function sign(session: Session, endpoint: HttpRequest, cluster: string, signingDate: Date): Promise<string> {
  const { region, credentials } = session.config();
  const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
  const port = endpoint.port === undefined ? "" : `:${endpoint.port}`;
  const request = new HttpRequest({
    method: "GET",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port === undefined ? {} : { port: endpoint.port }),
    path: "/",
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    headers: { host: `${endpoint.hostname}${port}`, [clusterHeader]: cluster },
  });
  const signed = await signer.presign(request, {
    expiresIn: 60,
    signingDate,
    unhoistableHeaders: new Set([clusterHeader]),
  });
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  const url = `${signed.protocol}//${signed.hostname}${port}/?${query}`;
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}

/** Returns the endpoint that the SDK would use for STS, which depends on partitions, variables and the profile. */
async function stsEndpoint(session: Session): Promise<HttpRequest> {
  const client = new STSClient(session.config());
  let seen: HttpRequest | undefined;
  client.middlewareStack.add(
    () => async (call) => {
      seen = call.request as HttpRequest;
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: "build", name: "gennetReadEndpoint" },
  );
  await client.send(new GetCallerIdentityCommand({}));
  client.destroy();
  if (seen === undefined) throw new Error("the SDK resolved no STS endpoint");
  return seen;
}
