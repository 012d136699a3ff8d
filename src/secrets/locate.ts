import type { SecretDescription, SecretsManager } from "../aws/secrets/port.ts";
import { AppError } from "../core/error.ts";
import type { Copy } from "./world.ts";

/** Secrets Manager of an account in an AWS region, as the reachable regions of gennet.yaml see it. */
export interface Store {
  readonly awsRegion: string;
  readonly accountId: string;
  readonly secrets: SecretsManager;
}

/** A region of gennet.yaml, identified by its name: two may share an account and an AWS region. */
export interface KnownRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
}

export interface Located {
  readonly primary: Copy;
  readonly replicas: readonly Copy[];
  /** The description from the primary's region. */
  readonly description: SecretDescription;
}

/**
 * Finds a secret and its replicas. `others` are the regions of gennet.yaml that were not selected: a secret with a copy
 * in their account and AWS region is rejected. Throws SECRET_UNKNOWN, SECRET_AMBIGUOUS, SECRET_REGION_LEFT_OUT.
 */
export async function locate(
  secret: string,
  stores: readonly Store[],
  others: readonly KnownRegion[],
  signal: AbortSignal,
): Promise<Located> {
  const asked = await Promise.all(
    stores.map(async (store) => ({ store, description: await store.secrets.describe(secret, signal) })),
  );
  const found = asked.flatMap(({ store, description }) =>
    description === undefined || description.deletedAt !== undefined ? [] : [{ store, description }],
  );
  const places = stores.map(({ awsRegion }) => awsRegion).join(", ");
  if (found.length === 0) {
    throw new AppError("SECRET_UNKNOWN", `Secrets Manager has no secret "${secret}" in ${places}.`, {
      next: ["gennet secrets list  # lists the secrets"],
    });
  }
  const home = ({ store, description }: (typeof found)[number]): string =>
    `${description.primaryRegion ?? store.awsRegion} of account ${accountOf(description)}`;
  const homes = [...new Set(found.map(home))];
  if (homes.length > 1) {
    throw new AppError("SECRET_AMBIGUOUS", `"${secret}" is a different secret in each of ${homes.join(", ")}.`, {
      next: ["Select the regions of one of them with --region."],
    });
  }
  const [any] = found;
  const primary = found.find((each) => home(each).startsWith(`${each.store.awsRegion} `));
  const primaryRegion = any?.description.primaryRegion ?? any?.store.awsRegion;
  const copies = [primaryRegion, ...(primary?.description.replicas ?? []).map((replica) => replica.awsRegion)];
  const accountId = any === undefined ? "" : accountOf(any.description);
  const out = others.filter((other) => other.accountId === accountId && copies.includes(other.awsRegion));
  if (out.length > 0)
    throw leftOut(
      secret,
      out.map(({ name, awsRegion }) => `${name} (${awsRegion})`),
    );
  if (primary === undefined) throw leftOut(secret, homes);
  const copy = ({ store, description }: (typeof found)[number]): Copy => ({
    awsRegion: store.awsRegion,
    secrets: store.secrets,
    arn: description.arn,
  });
  return {
    primary: copy(primary),
    replicas: found.filter((each) => each !== primary).map(copy),
    description: primary.description,
  };
}

function accountOf({ arn }: SecretDescription): string {
  return arn.split(":")[4] ?? "";
}

function leftOut(secret: string, regions: readonly string[]): AppError {
  const where = regions.join(", ");
  return new AppError("SECRET_REGION_LEFT_OUT", `"${secret}" is also in ${where}, which --region does not name.`, {
    next: ["Omit --region, or add the regions there to it."],
  });
}
