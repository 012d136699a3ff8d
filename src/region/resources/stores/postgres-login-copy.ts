import { AppError } from "../../../core/error.ts";
import { asDesired, blocked, ready, type ResourceContext } from "../../../core/resource.ts";
import { gotNoAnswer } from "../../../core/transient.ts";
import { ownedByPlatformOnly } from "../../owned-only.ts";
import { hasCopies, primaryOf, regionsBeside } from "../../primary-region.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { isLoginGiven, postgresSecretName, wantsPostgres } from "./postgres-facts.ts";
import { postgresLogin } from "./postgres-login.ts";

interface Actual {
  readonly exists: boolean;
  /** Whether another region of the platform is in the same AWS region. */
  readonly isShared: boolean;
  /** Why it is not known. */
  readonly unknown?: string;
}

const none: Actual = { exists: false, isShared: false };

/**
 * The replica of the login in a region. The login makes it, so it is only removed here: when its region is destroyed,
 * after the database. Secrets Manager takes a replica away where the secret itself is, in the primary region.
 */
export const postgresLoginCopy: RegionResource<Actual, true> = {
  id: "postgres-login-copy",
  title: "Replica of the login of PostgreSQL",
  needs: [postgresLogin],
  wanted: isCopied,
  read: async (at) => (at.removing === true && isCopied(at.world) ? copyOf(at) : none),
  diff: () => asDesired,
  apply: async () => undefined,
  ready: () => ready,
  output: () => true,
  removal: {
    diff({ exists, isShared, unknown }, { world }) {
      const target = `${postgresSecretName(world)} in ${world.region.awsRegion}`;
      if (unknown !== undefined) return blocked(`whether ${target} exists is unknown: ${unknown}`);
      return exists && !isShared ? { operations: [{ verb: "delete", target }] } : asDesired;
    },
    async apply(_actual, { world, primary, signal }) {
      const secrets = await primary.world.aws.service("secrets");
      await secrets.removeReplicas(postgresSecretName(world), [world.region.awsRegion], signal);
    },
    gone: ({ exists, isShared }) => (exists && !isShared ? { state: "waiting", detail: "still there" } : ready),
    keeps({ exists, isShared }, { world }) {
      if (!exists || !isShared) return [];
      const { awsRegion } = world.region;
      const names = regionsBeside(world).map(({ name }) => name);
      return [`secret ${postgresSecretName(world)} in ${awsRegion}, which ${names.join(", ")} may use`];
    },
  },
};

async function copyOf({ world, primary, signal }: ResourceContext<RegionWorld>): Promise<Actual> {
  const name = postgresSecretName(world);
  try {
    const found = await (await primary.world.aws.service("secrets")).describe(name, signal);
    if (found === undefined) return none;
    const { primaryRegion, replicas } = ownedByPlatformOnly(found, `secret "${name}"`, primary.world);
    const { awsRegion } = primaryOf(world);
    if (primaryRegion !== undefined && primaryRegion !== awsRegion) {
      return { ...none, unknown: `the secret itself is in ${primaryRegion}: make the region there primary first` };
    }
    const exists = replicas.some((replica) => replica.awsRegion === world.region.awsRegion);
    return { exists, isShared: regionsBeside(world).length > 0 };
  } catch (error) {
    const isSilent = error instanceof AppError && (gotNoAnswer(error) || error.code === "AWS_DENIED");
    if (!isSilent) throw error;
    return { ...none, unknown: error.message };
  }
}

function isCopied(world: RegionWorld): boolean {
  return wantsPostgres(world) && !isLoginGiven(world) && hasCopies(world);
}
