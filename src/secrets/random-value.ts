import { AppError } from "../core/error.ts";
import { SecretValue } from "../core/secret-value.ts";

/** Letters and digits: what survives URLs, shells and connection strings as it is. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A random value; each character carries 5.95 bits. `bytes` gives random ones, as many as asked for. */
export function randomValue(length: number, bytes: (count: number) => Uint8Array): SecretValue {
  // Bytes beyond the last whole alphabet would make its first letters likelier.
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of bytes(length))
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
  }
  return new SecretValue(text);
}

/** A value that a person gave: without the line's end that an editor or `echo` has put there. */
export function givenValue(text: string): SecretValue {
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new AppError("USAGE_INVALID", "The new value is empty.");
  return new SecretValue(value);
}
