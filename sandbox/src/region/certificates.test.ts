import { X509Certificate } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority } from "./certificates.ts";

const now = Date.parse("2026-11-23T05:00:00Z");

describe("an authority", () => {
  it("An authority issues certificates that it verifies, for the requested hosts and subject", async () => {
    const authority = await createAuthority("sandbox-eu-west-1", now);
    const { certificate, key } = await authority.issue({
      commonName: "kube-apiserver",
      organization: "system:masters",
      hosts: ["127.0.0.1", "localhost"],
    });
    const ca = new X509Certificate(authority.certificate);
    const leaf = new X509Certificate(certificate);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(leaf.checkHost("localhost")).toBe("localhost");
    expect(leaf.checkHost("example.org")).toBeUndefined();
    expect(leaf.subject).toBe("O=system:masters\nCN=kube-apiserver");
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it("An authority is unique, although its name is always the same", async () => {
    const [one, other] = [await createAuthority("ca", now), await createAuthority("ca", now)];
    const leaf = new X509Certificate((await one.issue({ commonName: "x" })).certificate);
    expect(leaf.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  });
});
