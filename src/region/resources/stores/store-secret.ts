import type { SecretDescription } from "../../../aws/secrets/port.ts";
import type { Tags } from "../../../aws/tags.ts";
import { dayOf } from "../../../core/day.ts";
import {
  type AnyResource,
  blocked,
  creation,
  notVisible,
  ready,
  type Readiness,
  type ResourceContext,
  update,
} from "../../../core/resource.ts";
import { SecretValue } from "../../../core/secret-value.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";

interface Actual {
  readonly secret: SecretDescription | undefined;
  /** Whether the store exists whose password the secret is. */
  readonly storeExists: boolean;
}

interface SecretFacts {
  readonly id: string;
  readonly title: string;
  readonly scope: "platform" | "region";
  readonly wanted: (world: RegionWorld) => boolean;
  readonly name: (world: RegionWorld) => string;
  readonly tags: (world: RegionWorld) => Tags;
  /** Throws if the secret belongs to something else. */
  readonly owned: (secret: SecretDescription, world: RegionWorld) => SecretDescription;
  /** The keys beside the password; with `auth: iam`, there is no password. */
  readonly login: Readonly<Record<string, string | number>>;
  /** The AWS regions that need a replica. */
  readonly replicas: (world: RegionWorld) => readonly string[];
  readonly storeExists: (at: ResourceContext<RegionWorld>) => Promise<boolean>;
  /** What `storeExists` needs. */
  readonly needs?: readonly AnyResource<RegionWorld>[];
  /** Set if `storeExists` asks the cluster. */
  readonly inCluster?: true;
}

const recoveryDays = 7;
const passwordLength = 40;
/**
 * Statuses of a replica that does not follow the secret, and will not.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html
 */
const failures: ReadonlySet<string> = new Set(["Failed", "Detached"]);

/**
 * The login of a data store, as JSON in the shape of AWS's own rotation. It is stored before the store exists, so that a
 * killed run continues with the same password. Outputs its name.
 */
export function storeSecret(facts: SecretFacts): RegionResource<Actual, string> {
  const missing = ({ replicas }: SecretDescription, world: RegionWorld): readonly string[] =>
    facts.replicas(world).filter((region) => !replicas.some(({ awsRegion }) => awsRegion === region));
  return {
    id: facts.id,
    title: facts.title,
    scope: facts.scope,
    needs: facts.needs ?? [],
    ...(facts.inCluster === undefined ? {} : { inCluster: facts.inCluster }),
    wanted: facts.wanted,
    async read(at) {
      const { world, signal } = at;
      const secrets = await world.aws.service("secrets");
      const [secret, storeExists] = await Promise.all([
        secrets.describe(facts.name(world), signal),
        facts.storeExists(at),
      ]);
      return { secret: secret && facts.owned(secret, world), storeExists };
    },
    diff({ secret, storeExists }, { world }) {
      const target = facts.name(world);
      const replicas = facts.replicas(world);
      if (secret === undefined) {
        const made = [creation(target, { replicas })];
        if (!storeExists) return { operations: made };
        return blocked("the data store exists, but its secret is missing: store its login under this name", made);
      }
      const original = originalOf(secret, world);
      if (original !== undefined) return blocked(`it is a replica here, and the secret itself is in ${original}`);
      const restored = secret.deletedAt === undefined ? [] : [update(target, "scheduled for deletion", false, true)];
      const copies = missing(secret, world).map((region) => update(target, `replica in ${region}`, true, false));
      return { operations: [...restored, ...copies] };
    },
    async apply({ secret }, { world, signal }) {
      const secrets = await world.aws.service("secrets");
      const name = facts.name(world);
      if (secret === undefined) {
        const isByIam = facts.login["auth"] === "iam";
        const password = isByIam ? undefined : (await secrets.randomPassword(passwordLength, signal)).reveal();
        const value = new SecretValue(JSON.stringify({ ...facts.login, password }));
        const replicas = facts.replicas(world);
        return secrets.create({ name, description: facts.title, value, tags: facts.tags(world), replicas }, signal);
      }
      if (secret.deletedAt !== undefined) await secrets.restore(name, signal);
      const regions = missing(secret, world);
      if (regions.length > 0) await secrets.replicate(name, regions, signal);
    },
    ready: ({ secret }) => (secret === undefined ? notVisible : inSync(secret)),
    output: ({ secret }) => (secret?.deletedAt === undefined ? secret?.name : undefined),
    removal: {
      diff({ secret }, { world }) {
        if (secret === undefined || secret.deletedAt !== undefined) return { operations: [] };
        const copies = secret.replicas.map(({ awsRegion }) => `${secret.name} in ${awsRegion}`);
        const operations = [...copies, secret.name].map((target) => ({ verb: "delete" as const, target }));
        const original = originalOf(secret, world);
        return original === undefined
          ? { operations }
          : blocked(`it is a replica here: make the region in ${original} primary first`, operations);
      },
      async apply({ secret }, { world, signal }) {
        if (secret === undefined || secret.deletedAt !== undefined) return;
        const secrets = await world.aws.service("secrets");
        // A secret with replicas cannot be deleted.
        const copies = secret.replicas.map(({ awsRegion }) => awsRegion);
        if (copies.length > 0) await secrets.removeReplicas(secret.name, copies, signal);
        await secrets.delete(secret.name, recoveryDays, signal);
      },
      gone: ({ secret }) =>
        secret === undefined || secret.deletedAt !== undefined ? ready : { state: "waiting", detail: "still there" },
      keeps({ secret }) {
        if (secret === undefined) return [];
        const until =
          secret.deletedAt === undefined ? `${recoveryDays} days after its deletion` : dayOf(secret.deletedAt);
        return [`secret ${secret.name}: it can be restored, and its name is reserved, until ${until}`];
      },
    },
  };
}

/** Returns the AWS region of the secret that a replica copies; AWS changes and deletes it only there. */
function originalOf({ primaryRegion }: SecretDescription, { region }: RegionWorld): string | undefined {
  return primaryRegion === region.awsRegion ? undefined : primaryRegion;
}

function inSync({ replicas }: SecretDescription): Readiness {
  const failed = replicas.find(({ status }) => failures.has(status));
  if (failed !== undefined) {
    const { awsRegion, status, message } = failed;
    return { state: "failed", reason: `its replica in ${awsRegion} is ${status}: ${message ?? "no reason"}` };
  }
  const late = replicas.find(({ status }) => status !== "InSync");
  return late === undefined ? ready : { state: "waiting", detail: `replica in ${late.awsRegion}: ${late.status}` };
}
