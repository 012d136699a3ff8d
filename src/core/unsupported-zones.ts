import { AppError } from "./error.ts";

/** AWS refuses the zone of a subnet, for good or for lack of capacity. */
export class UnsupportedZones extends AppError {
  /** The zones that AWS offers instead, by the names that they have in the account: `us-east-1a`. */
  readonly offered: readonly string[];

  constructor(message: string, offered: readonly string[], next: readonly string[] = []) {
    super("AWS_REJECTED", message, { next });
    this.offered = offered;
  }
}
