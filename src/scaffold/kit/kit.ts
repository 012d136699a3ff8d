/** The Python library that generated services share, as it is shipped with gennet. */
export interface Kit {
  /** As packages are called: `gennet-service-kit`. */
  readonly name: string;
  readonly version: string;
  /** The wheel's name, which says all of that to pip and uv. */
  readonly file: string;
  readonly content: Uint8Array;
}
