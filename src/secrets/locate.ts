import type { SecretDescription, SecretsManager } from "../aws/secrets-port.ts";
import { AppError } from "../core/error.ts";
import type { Copy } from "./world.ts";

/** Secrets Manager of an AWS region, as the regions of gennet.yaml that lie there reach it. */
export interface Store {
  readonly awsRegion: string;
  readonly secrets: SecretsManager;
}

export interface Located {
  readonly primary: Copy;
  readonly replicas: readonly Copy[];
  /** As the primary's region describes it. */
  readonly description: SecretDescription;
}

/**
 * Finds a secret and its replicas. `others` are the AWS regions of gennet.yaml that are not looked at: a secret that is
 * replicated there is refused. Throws SECRET_UNKNOWN, SECRET_AMBIGUOUS, SECRET_REGION_LEFT_OUT.
 */
export async function locate(
  secret: string,
  stores: readonly Store[],
  others: ReadonlySet<string>,
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
      next: ["gennet secrets list   shows what there is"],
    });
  }
  const home = ({ store, description }: (typeof found)[number]): string =>
    `${description.primaryRegion ?? store.awsRegion} of account ${description.arn.split(":")[4]}`;
  const homes = [...new Set(found.map(home))];
  if (homes.length > 1) {
    throw new AppError("SECRET_AMBIGUOUS", `"${secret}" is a different secret in each of ${homes.join(", ")}.`, {
      next: ["Add --region with the names of the regions whose secret you mean."],
    });
  }
  const primary = found.find((each) => home(each).startsWith(`${each.store.awsRegion} `));
  if (primary === undefined) throw leftOut(secret, homes);
  const out = primary.description.replicas.map((replica) => replica.awsRegion).filter((region) => others.has(region));
  if (out.length > 0) throw leftOut(secret, out);
  const copy = ({ store, description }: (typeof found)[number]): Copy => ({ ...store, arn: description.arn });
  return {
    primary: copy(primary),
    replicas: found.filter((each) => each !== primary).map(copy),
    description: primary.description,
  };
}

function leftOut(secret: string, awsRegions: readonly string[]): AppError {
  const where = awsRegions.join(", ");
  return new AppError("SECRET_REGION_LEFT_OUT", `"${secret}" is also in ${where}, which was left out.`, {
    next: ["Leave --region away, or name the regions there as well."],
  });
}
