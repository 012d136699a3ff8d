import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

export interface KeyPair {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
  /** The names and addresses of a server. A certificate without any is for clients only. */
  readonly hosts?: readonly string[];
}

/** A certificate authority whose key stays in this process unless its creator writes it. */
export interface Authority extends KeyPair {
  issue(subject: Subject): Promise<KeyPair>;
}

export async function createAuthority(commonName: string, now: number): Promise<Authority> {
  const keys = await generateKeys();
  const name = new x509.Name([{ CN: [commonName] }]);
  const validity = { notBefore: new Date(now - dayMs), notAfter: new Date(now + 365 * dayMs) };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: name.toJSON(),
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: certificate.toString("pem"),
    key: await exportKey(keys.privateKey),
    issue: async (subject) => {
      const own = await generateKeys();
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        issuer: name.toJSON(),
        subject: new x509.Name([
          ...(subject.organization === undefined ? [] : [{ O: [subject.organization] }]),
          { CN: [subject.commonName] },
        ]).toJSON(),
        ...validity,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([
            x509.ExtendedKeyUsage.clientAuth,
            ...(subject.hosts === undefined ? [] : [x509.ExtendedKeyUsage.serverAuth]),
          ]),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
          ...(subject.hosts === undefined ? [] : [new x509.SubjectAlternativeNameExtension(subject.hosts.map(toName))]),
        ],
      });
      return { certificate: issued.toString("pem"), key: await exportKey(own.privateKey) };
    },
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  return x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag);
}

/** Returns 120 random bits as a positive number. */
function serial(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString("hex")}`;
}

function toName(host: string): { type: "ip" | "dns"; value: string } {
  return { type: /^[\d.]+$/.test(host) ? "ip" : "dns", value: host };
}
