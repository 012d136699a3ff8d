import { generateKeyPair } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { isThere } from "../../../src/core/is-there.ts";
import type { KeyPair } from "./certificates.ts";
import type { SandboxFolder } from "../folders.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { metricsHost } from "../pods/metrics-api.ts";
import type { RegionPorts } from "../state.ts";
import { apiserverAddress } from "./service-addresses.ts";
import { writePrivate } from "../state.ts";

const loopback = ["127.0.0.1", "localhost"];

/** The API server's names, including its service's first address. */
const apiserverNames = [
  ...loopback,
  apiserverAddress,
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/**
 * Writes the credentials of a region's components: a CA for the cluster, one for etcd, a certificate for each
 * component, the key that signs service account tokens, and a kubeconfig for each client.
 */
export async function createRegionPki(
  folder: SandboxFolder,
  awsRegion: string,
  ports: RegionPorts,
  now: number,
): Promise<void> {
  const { createAuthority } = await import("./certificates.ts");
  const at = (...path: string[]): string => folder.region(awsRegion, "pki", ...path);
  await mkdir(at(), { recursive: true, mode: 0o700 });
  const [cluster, etcd] = await Promise.all([
    createAuthority(`sandbox-${awsRegion}`, now),
    createAuthority(`sandbox-${awsRegion}-etcd`, now),
  ]);
  const server = `https://127.0.0.1:${ports.apiserver}`;
  const client = async (name: string, commonName: string, organization?: string): Promise<void> => {
    const pair = await cluster.issue({ commonName, ...(organization === undefined ? {} : { organization }) });
    await writePair(at(name), pair);
    const path = folder.region(awsRegion, `${name}.kubeconfig`);
    await writeKubeconfig(path, [{ name: awsRegion, server, ca: cluster.certificate, ...pair }]);
  };
  await Promise.all([
    writePair(at("ca"), cluster),
    writePrivate(at("etcd-ca.crt"), etcd.certificate),
    etcd.issue({ commonName: "etcd", hosts: loopback }).then((pair) => writePair(at("etcd"), pair)),
    etcd.issue({ commonName: "kube-apiserver" }).then((pair) => writePair(at("etcd-client"), pair)),
    cluster
      .issue({ commonName: "kube-apiserver", hosts: apiserverNames })
      .then((pair) => writePair(at("server"), pair)),
    cluster
      .issue({ commonName: "sandbox", hosts: [...loopback, metricsHost] })
      .then((pair) => writePair(at("component"), pair)),
    cluster
      .issue({ commonName: "kube-apiserver-kubelet-client", organization: "system:masters" })
      .then((pair) => writePair(at("kubelet-client"), pair)),
    client("admin", "sandbox-admin", "system:masters"),
    client("controller-manager", "system:kube-controller-manager"),
    client("scheduler", "system:kube-scheduler"),
    client("kwok", "sandbox-kwok", "system:masters"),
    writeServiceAccountKeys(at("service-account")),
  ]);
}

/** EKS signs service account tokens with RS256, so the sandbox does, too. */
async function writeServiceAccountKeys(path: string): Promise<void> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await Promise.all([writePrivate(`${path}.pub`, publicKey), writePrivate(`${path}.key`, privateKey)]);
}

/**
 * Writes the certificates that a region's data stores present to pods, and `authorities.pem`, the authorities that pods
 * trust: the public ones and that of the stores.
 */
export async function createStorePki(
  folder: SandboxFolder,
  awsRegion: string,
  hosts: readonly string[],
  now: number,
): Promise<void> {
  const { createAuthority } = await import("./certificates.ts");
  const at = (file: string): string => folder.region(awsRegion, "pki", file);
  // Pods have the authority that was written first.
  if (await isThere(at("authorities.pem"))) return;
  const authority = await createAuthority(`sandbox-${awsRegion}-stores`, now);
  await writePair(at("stores"), await authority.issue({ commonName: "stores", hosts }));
  const authorities = [...rootCertificates, authority.certificate];
  await writePrivate(at("authorities.pem"), `${authorities.map((each) => each.trim()).join("\n")}\n`, 0o644);
}

/** Writes `path`.crt and `path`.key. */
async function writePair(path: string, pair: KeyPair): Promise<void> {
  await Promise.all([writePrivate(`${path}.crt`, pair.certificate), writePrivate(`${path}.key`, pair.key)]);
}

/** The certificate that the AWS endpoint presents to the API servers that call it about tokens; `ca` verifies it. */
export async function createAuthenticatorPki(folder: SandboxFolder, now: number): Promise<void> {
  const { createAuthority } = await import("./certificates.ts");
  await mkdir(dirname(folder.aws("ca.crt")), { recursive: true, mode: 0o700 });
  const authority = await createAuthority("sandbox-authenticator", now);
  await Promise.all([
    writePrivate(folder.aws("ca.crt"), authority.certificate),
    writePair(folder.aws("authenticator"), await authority.issue({ commonName: "authenticator", hosts: loopback })),
  ]);
}
