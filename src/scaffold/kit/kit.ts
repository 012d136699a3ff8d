/** The Python library that generated services share, as included in gennet. */
export interface Kit {
  /** Spelled like a package name: `gennet-service-kit`. */
  readonly name: string;
  readonly version: string;
  /** The file name of the wheel, which tells pip and uv the version and platform. */
  readonly file: string;
  readonly content: Uint8Array;
}
