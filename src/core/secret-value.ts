import { createHash } from "node:crypto";

const redacted = "[secret]";

/**
 * A secret's value: bytes, which usually are text. Printing, joining or serialising it yields `[secret]`; only `reveal`
 * and `revealBytes` return the value, so that a search for that word finds every place where a value can leave gennet.
 */
export class SecretValue {
  readonly #bytes: Buffer;

  /** Text is stored as UTF-8; bytes are stored unchanged, whether or not they are text. */
  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
  }

  /** Returns the value as text, for the API that stores it, never for people. Lossy unless `isText`. */
  reveal(): string {
    return this.#bytes.toString("utf8");
  }

  revealBytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /** Returns whether the bytes are valid UTF-8. */
  get isText(): boolean {
    return Buffer.from(this.#bytes.toString("utf8"), "utf8").equals(this.#bytes);
  }

  /** Returns whether an environment variable can hold it: text without NUL. */
  get fitsVariable(): boolean {
    return this.isText && !this.#bytes.includes(0);
  }

  equals(other: SecretValue): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  /**
   * Returns a fingerprint that shows whether two values are equal and nothing else, provided that `key` is random and
   * used in one run only: SHA-256, nested like HMAC, in hex. The inner digest is passed as hex, so that a shell with
   * sha256sum can compute it.
   */
  fingerprint(key: string): string {
    return sha256(key, sha256(key, this.#bytes));
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

function sha256(key: string, value: string | Uint8Array): string {
  return createHash("sha256").update(key, "utf8").update(value).digest("hex");
}
