import { join } from "node:path";
import { repository } from "./cli.ts";
import { referees } from "./referees.ts";

/** Something in an account, as AWS lists it. */
export interface ListedThing {
  /** An AWS region, or `global`. */
  readonly where: string;
  readonly kind: string;
  readonly id: string;
}

/** Returns what is in the account, as every service lists it, without what belongs to AWS. `succeed` runs a program. */
export async function awsInventory(
  endpoint: string,
  awsRegions: readonly string[],
  succeed: (program: string, ...argv: string[]) => Promise<string>,
): Promise<readonly ListedThing[]> {
  const python = join((await referees()).aws, "..", "python");
  const script = join(repository, "test/support/aws-inventory.py");
  return JSON.parse(await succeed(python, script, endpoint, ...awsRegions)) as readonly ListedThing[];
}
