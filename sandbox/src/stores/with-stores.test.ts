import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { sandboxFolder, type SandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import type { SandboxState } from "../state.ts";
import { withStores } from "./with-stores.ts";

let home: string;
let folder: SandboxFolder;
let setting: Setting;
let state: SandboxState;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "gennet-stores-"));
  folder = sandboxFolder({ env: {}, home }, "default");
  setting = { host: { env: {}, home, clock: realClock }, emit: () => undefined, signal: new AbortController().signal };
  const ports = { etcd: 1, etcdPeer: 2, apiserver: 3, controllerManager: 4, scheduler: 5, kwok: 6 };
  state = {
    format: 1,
    name: "default",
    profile: "core",
    createdAt: "2026-01-01T00:00:00Z",
    regions: ["eu-west-1", "us-east-1"].map((awsRegion) => ({ awsRegion, ports })),
    aws: { port: 7, authenticatorPort: 8, clockScale: 60, accountId: "1", accessKeyId: "A", secretAccessKey: "hush" },
    processes: {},
  };
  for (const { awsRegion } of state.regions) await mkdir(folder.region(awsRegion, "pki"), { recursive: true });
});
afterAll(async () => rm(home, { recursive: true }));

const pem = (awsRegion: string, file: string): Promise<string> =>
  readFile(folder.region(awsRegion, "pki", file), "utf8");

describe("withStores", () => {
  it("withStores leaves a sandbox without stores unchanged", async () => {
    expect((await withStores([], state, folder, setting)).regions).toEqual(state.regions);
    await expect(pem("eu-west-1", "stores.crt")).rejects.toThrow("ENOENT");
  });

  it("withStores gives each region its own ports, and keeps existing ports and certificates", async () => {
    const first = await withStores(["postgres"], state, folder, setting);
    const certificate = await pem("eu-west-1", "stores.crt");
    const second = await withStores(["postgres", "neo4j"], first, folder, setting);
    const ports = second.regions.flatMap(({ stores = {} }) => Object.values(stores));
    expect(new Set(ports).size).toBe(4);
    expect(second.regions.map(({ stores }) => stores?.postgres)).toEqual(
      first.regions.map(({ stores }) => stores?.postgres),
    );
    expect(await pem("eu-west-1", "stores.crt")).toBe(certificate);
  });

  it("withStores names every store in the certificate, signed by an authority that pods trust", async () => {
    const certificate = new X509Certificate(await pem("us-east-1", "stores.crt"));
    expect(certificate.subjectAltName).toBe(
      "DNS:postgres.data.svc.cluster.local, DNS:redis.data.svc.cluster.local, DNS:neo4j.data.svc.cluster.local",
    );
    const authorities = (await pem("us-east-1", "authorities.pem")).split(/(?<=-----END CERTIFICATE-----)\n/);
    const own = new X509Certificate(authorities.at(-2) ?? "");
    expect(authorities.length).toBeGreaterThan(100);
    expect(certificate.checkIssued(own) && certificate.verify(own.publicKey)).toBe(true);
  });
});
