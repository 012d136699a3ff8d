import { AppError } from "../core/error.ts";
import { SecretValue } from "../core/secret-value.ts";

/** Letters and digits, which need no escaping in URLs, shells and connection strings. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Returns a random value; each character has 5.95 bits of entropy. `bytes` returns the requested number of random
 * bytes.
 */
export function randomValue(length: number, bytes: (count: number) => Uint8Array): SecretValue {
  // Bytes beyond the last whole alphabet would make its first letters more likely.
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of bytes(length))
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
  }
  return new SecretValue(text);
}

/** Returns a value that a user entered, without the line end that an editor or `echo` added. */
export function givenValue(text: string): SecretValue {
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new AppError("USAGE_INVALID", "The new value is empty.");
  return new SecretValue(value);
}
