const alphabets = { Base64: "+/", Base64URL: "_-" } as const;

/**
 * Decodes like Go's base64.StdEncoding and URLEncoding: padded, line ends ignored. Returns undefined if the text is
 * invalid.
 */
export function decodeBase64(bytes: Buffer, as: keyof typeof alphabets): Buffer | undefined {
  const text = bytes.toString("latin1").replace(/[\r\n]/g, "");
  const digit = `[A-Za-z0-9${alphabets[as]}]`;
  const valid = new RegExp(`^(?:${digit}{4})*(?:${digit}{2}==|${digit}{3}=)?$`);
  return valid.test(text) ? Buffer.from(text, as === "Base64" ? "base64" : "base64url") : undefined;
}
