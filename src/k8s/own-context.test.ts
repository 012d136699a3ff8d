import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { createAuthority } from "../../sandbox/src/region/certificates.ts";
import type { EksCluster } from "../aws/eks/port.ts";
import { assertOwnContext } from "./own-context.ts";

const { signal } = new AbortController();
let folder: string;
let own: string;
let other: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-context-"));
  const authority = async (name: string) => (await createAuthority(name, Date.parse("2026-01-01"))).certificate;
  [own, other] = [await authority("own"), await authority("other")];
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const encoded = (...pem: readonly string[]): string => Buffer.from(pem.join("\n")).toString("base64");
const endpoint = "https://1234.gr7.eu-west-1.eks.amazonaws.com";

async function check(cluster: Readonly<Record<string, unknown>>, described?: Partial<EksCluster>): Promise<void> {
  const KUBECONFIG = join(folder, "config");
  const config = {
    clusters: [{ name: "c", cluster: { server: endpoint, ...cluster } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "eu", context: { cluster: "c", user: "u" } }],
  };
  await writeFile(KUBECONFIG, stringify(config));
  const aws = { service: async () => ({ cluster: async () => described as EksCluster | undefined }) };
  const region = { name: "eu", cluster: "acme-eu", awsRegion: "eu-west-1", context: "eu" };
  await assertOwnContext(region, aws, { env: { KUBECONFIG }, home: folder, requestTimeoutMs: 1_000 }, signal);
}

const refused = { code: "KUBE_CONTEXT_MISMATCH", exit: 2 };

describe("the kubeconfig context of a region", () => {
  const described = (): Partial<EksCluster> => ({ endpoint, certificateAuthority: encoded(own) });

  it("A context with the authority that EKS reports is the region's, also through a tunnel", async () => {
    const same = { "certificate-authority-data": encoded(own) };
    await expect(check(same, described())).resolves.toBeUndefined();
    await expect(check({ ...same, server: "https://127.0.0.1:9443" }, described())).resolves.toBeUndefined();
  });

  it("The authority may be in its own file", async () => {
    await writeFile(join(folder, "ca.pem"), own);
    await expect(check({ "certificate-authority": "ca.pem" }, described())).resolves.toBeUndefined();
    await writeFile(join(folder, "ca.pem"), other);
    await expect(check({ "certificate-authority": "ca.pem" }, described())).rejects.toMatchObject(refused);
  });

  it("While EKS replaces the authority, a context with one of the two is the region's", async () => {
    const rotating = { endpoint, certificateAuthority: encoded(other, own) };
    await expect(check({ "certificate-authority-data": encoded(own) }, rotating)).resolves.toBeUndefined();
  });

  it("A context with another authority is refused, with both addresses and the command that writes the right one", async () => {
    const server = "https://5678.gr7.us-east-1.eks.amazonaws.com";
    await expect(check({ server, "certificate-authority-data": encoded(other) }, described())).rejects.toMatchObject({
      ...refused,
      message: `Region eu: the kubeconfig context "eu" is of another cluster (${server}/) than the EKS cluster "acme-eu" (${endpoint}).`,
      next: expect.arrayContaining(["aws eks update-kubeconfig --name acme-eu --region eu-west-1 --alias eu"]),
    });
  });

  it("Without an authority, the address decides", async () => {
    await expect(check({}, described())).resolves.toBeUndefined();
    await expect(check({ server: "http://127.0.0.1:8001" }, described())).rejects.toMatchObject(refused);
  });

  it("A context is of another cluster while the region's does not exist", async () => {
    await expect(check({ "certificate-authority-data": encoded(own) })).rejects.toMatchObject(refused);
  });
});

it("A region without a context needs no kubeconfig", async () => {
  const never = { service: () => Promise.reject(new Error("not asked")) };
  const region = { name: "eu", cluster: "acme-eu", awsRegion: "eu-west-1", context: undefined };
  const source = { env: { KUBECONFIG: "/nowhere" }, home: "/nowhere", requestTimeoutMs: 1_000 };
  await expect(assertOwnContext(region, never, source, signal)).resolves.toBeUndefined();
});
