import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EksCluster } from "../aws/eks/port.ts";
import { assertOwnContext } from "./own-context.ts";

const { signal } = new AbortController();
const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const encoded = (text: string): string => Buffer.from(text).toString("base64");
const region = { name: "eu", awsRegion: "eu-west-1", cluster: "acme-eu", context: "eu" };

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-context-"));
});
afterEach(async () => rm(folder, { recursive: true }));

/** Checks a context with this server and CA against a cluster that EKS describes with this CA. */
async function check(server: string, authority: string | undefined, described: string | undefined): Promise<void> {
  const path = join(folder, "config");
  const own = { server, ...(authority === undefined ? {} : { "certificate-authority-data": encoded(authority) }) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: own }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "eu", context: { cluster: "c", user: "u" } }],
  };
  await writeFile(path, JSON.stringify(config));
  const cluster =
    described === undefined
      ? undefined
      : ({ endpoint: "https://api.example", certificateAuthority: encoded(described) } as EksCluster);
  const aws = { service: async () => ({ cluster: async () => cluster }) };
  await assertOwnContext(region, aws, { env: { KUBECONFIG: path }, home: folder }, signal);
}

describe("the kubeconfig context of a region", () => {
  it("A context with the CA that EKS describes is the region's, also through a tunnel", async () => {
    await expect(check("https://localhost:6443", pem("b3du"), pem("b3du"))).resolves.toBeUndefined();
  });

  it("A context with one of the two certificates of a rotation is the region's", async () => {
    await expect(check("https://api.example", pem("b2xk"), pem("b2xk") + pem("bmV3"))).resolves.toBeUndefined();
  });

  it("A context without a CA is known by its address", async () => {
    await expect(check("https://api.example", undefined, pem("b3du"))).resolves.toBeUndefined();
    await expect(check("https://api.other", undefined, pem("b3du"))).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
    });
  });

  it.each([
    ["another CA", pem("b3du")],
    ["no cluster", undefined],
  ])("A context is refused if EKS describes %s, with the command that corrects it", async (_what, described) => {
    await expect(check("https://api.example", pem("b3RoZXI="), described)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: expect.stringContaining('context "eu" is not of the EKS cluster "acme-eu"'),
      next: [
        "aws eks update-kubeconfig --name acme-eu --region eu-west-1 --alias eu",
        expect.stringContaining("remove context"),
      ],
    });
  });
});
