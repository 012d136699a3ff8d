import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { memoryHost } from "../../test/support/host.ts";
import type { EksCluster } from "../aws/eks/port.ts";
import type { Region } from "../platform/schema.ts";
import { createAuthority, type Authority } from "../../sandbox/src/region/certificates.ts";
import { connect } from "./connect.ts";
import type { Cluster } from "./port.ts";

const { signal } = new AbortController();
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A region whose cluster is what DescribeCluster says; tokens are numbered. */
async function regionOf(cluster: Partial<EksCluster> | undefined): Promise<Cluster> {
  let tokens = 0;
  const { clock, env, home } = memoryHost();
  const aws = {
    eksToken: async (name: string) => `${name}-${++tokens}`,
    service: async () => ({ cluster: async () => cluster as EksCluster | undefined }),
  };
  const region = { name: "eu", awsRegion: "eu-west-1", cluster: "shop" } as Region;
  const options = { env, home, clock, requestTimeoutMs: 10_000, aws: async () => aws, kubectl: "kubectl" };
  const connected = await connect({ name: "eu", region }, options, signal);
  closers.push(() => connected.close());
  return connected;
}

/** An API server that answers with the bearer token it was given as its version. */
async function apiServer(authority: Authority): Promise<string> {
  const { certificate, key } = await authority.issue({ commonName: "api", hosts: ["127.0.0.1"] });
  const server = createServer({ cert: certificate, key }, (request, response) => {
    response.end(JSON.stringify({ gitVersion: request.headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const encoded = (authority: Authority): string => Buffer.from(authority.certificate).toString("base64");

describe("an EKS cluster without a kubeconfig", () => {
  it("An EKS cluster is reached at its endpoint and with its CA, with a token from AWS credentials", async () => {
    const authority = await createAuthority("eks", Date.now());
    const cluster = await regionOf({ endpoint: await apiServer(authority), certificateAuthority: encoded(authority) });
    expect(await cluster.version(signal)).toBe("Bearer shop-1");
  });

  it("A server with a certificate of another CA gets no token", async () => {
    const [authority, other] = [await createAuthority("eks", Date.now()), await createAuthority("other", Date.now())];
    const cluster = await regionOf({ endpoint: await apiServer(other), certificateAuthority: encoded(authority) });
    await expect(cluster.version(signal)).rejects.toMatchObject({
      code: "KUBE_UNREACHABLE",
      message: expect.stringContaining("is not signed by the cluster's CA"),
    });
  });

  it.each([
    ["does not exist", undefined],
    ["is CREATING: it has no endpoint yet", { status: "CREATING" }],
  ])("that %s", async (why, cluster) => {
    await expect(regionOf(cluster)).rejects.toMatchObject({
      code: "KUBE_UNREACHABLE",
      message: expect.stringContaining(why),
      next: ["gennet region bootstrap eu"],
    });
  });
});
