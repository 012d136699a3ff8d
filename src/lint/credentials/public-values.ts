/** Returns whether a value is public: certificates without their key, public keys, host keys. */
export function isPublic(value: string): boolean {
  const plain = value.trim();
  if (plain.includes("PRIVATE KEY")) return false;
  return (
    plain.includes("-----BEGIN CERTIFICATE-----") ||
    /^-----BEGIN ([A-Z]+ )?PUBLIC KEY-----/.test(plain) ||
    plain.split("\n").every((line) => /^(#.*|\S*\s*(ssh-(rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-\S+) \S+.*|)$/.test(line))
  );
}
