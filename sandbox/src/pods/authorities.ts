import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { SandboxFolder } from "../folders.ts";

/** What this machine trusts, on Debian and on Fedora and their descendants. */
const machineBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/**
 * Returns the authorities that a region's pods trust (PEM): public ones, that of the region's data stores, and that of
 * the databases and caches behind the AWS endpoint. Undefined if the sandbox has neither of the last two.
 */
export async function podAuthorities(folder: SandboxFolder, awsRegion: string): Promise<string | undefined> {
  const [stores, databases] = await Promise.all([
    textOf(folder.region(awsRegion, "pki", "authorities.pem")),
    textOf(folder.aws("stores", "ca.crt")),
  ]);
  if (databases === undefined) return stores;
  // The file of the region's data stores has the public ones, too.
  return `${[stores ?? (await publicAuthorities()), databases].map((text) => text.trim()).join("\n")}\n`;
}

async function publicAuthorities(): Promise<string> {
  for (const path of machineBundles) {
    const text = await textOf(path);
    if (text !== undefined) return text;
  }
  return rootCertificates.join("\n");
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
