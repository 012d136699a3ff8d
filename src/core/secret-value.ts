import { createHash } from "node:crypto";

const redacted = "[secret]";

/**
 * A secret's value. Whatever prints, joins or serialises it gets `[secret]`; only `reveal` opens it, so that a search
 * for that word finds every place where a value can leave gennet.
 */
export class SecretValue {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The value itself: for the API that is to store it, and for taking it apart. Never for people. */
  reveal(): string {
    return this.#text;
  }

  /**
   * Tells whether two values are the same, and nothing else about them, as long as `key` is random and of one run:
   * SHA-256 nested as HMAC nests it, hex. The inner digest goes in as hex, so that a shell with sha256sum can do it.
   */
  fingerprint(key: string): string {
    return sha256(key + sha256(key + this.#text));
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return redacted;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
