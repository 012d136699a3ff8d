import { createHash } from "node:crypto";

const redacted = "[secret]";

/**
 * A secret's value: bytes, which are text in most cases. Whatever prints, joins or serialises it gets `[secret]`; only
 * `reveal` and `revealBytes` open it, so that a search for that word finds every place where a value can leave gennet.
 */
export class SecretValue {
  readonly #bytes: Buffer;

  /** Text is kept as UTF-8; bytes are kept as they are, whether or not they are text. */
  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
  }

  /** The value as text, for the API that is to store it. Never for people. Lossy unless `isText`. */
  reveal(): string {
    return this.#bytes.toString("utf8");
  }

  revealBytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /** Whether the bytes are valid UTF-8. */
  get isText(): boolean {
    return Buffer.from(this.#bytes.toString("utf8"), "utf8").equals(this.#bytes);
  }

  /** Whether a variable of a process can hold it: text without NUL. */
  get fitsVariable(): boolean {
    return this.isText && !this.#bytes.includes(0);
  }

  equals(other: SecretValue): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  /**
   * Shows whether two values are the same, and nothing else about them, as long as `key` is random and of one run:
   * SHA-256 nested as HMAC nests it, hex. The inner digest goes in as hex, so that a shell with sha256sum can do it.
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
