import { X509Certificate } from "node:crypto";

/** Returns the certificates of a bundle, which is base64 of PEM, as in a kubeconfig. What is no certificate is left out. */
export function certificatesIn(bundle: string): readonly X509Certificate[] {
  const pem = Buffer.from(bundle, "base64").toString("latin1");
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
