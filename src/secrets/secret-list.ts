import type { SecretSummary } from "../aws/secrets/port.ts";
import { itemsOf } from "../core/items-of.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import type { ExternalSecret, ExternalStore } from "../k8s/external-secrets/port.ts";
import type { SecretIdentity } from "./identity.ts";
import type { Store } from "./locate.ts";
import { type Reading, readingOf } from "./readers.ts";
import type { Site } from "./world.ts";

export interface SecretReader {
  /** The region's name in gennet.yaml. */
  readonly region: string;
  readonly namespace: string;
  readonly externalSecret: string;
  readonly ready: boolean;
  /** Why it is not ready, or would not use a new value. */
  readonly problem?: string;
}

export interface SecretItem {
  readonly name: string;
  /** The AWS region of its primary. */
  readonly awsRegion: string;
  readonly replicas: readonly string[];
  /** RFC 3339, UTC. */
  readonly changedAt?: string;
  /** What else changes it: a rotation by AWS, or the AWS service that owns it. */
  readonly managedBy?: string;
  readonly readers: readonly SecretReader[];
}

/** The result of `gennet secrets list`. */
export interface SecretList {
  readonly kind: "SecretList";
  readonly items: readonly SecretItem[];
  /** What could not be read. */
  readonly findings: readonly Finding[];
}

/** What a region's cluster contains. */
interface Read {
  readonly site: Site;
  readonly externals: readonly ExternalSecret[];
  readonly stores: readonly ExternalStore[];
}

/** A secret in the account and AWS region in which it was listed. */
interface ListedCopy {
  readonly awsRegion: string;
  readonly accountId: string;
  readonly secret: SecretSummary;
}

/** Returns the secrets of all regions, and their readers. A region that does not answer does not hide the others. */
export async function listSecrets(
  stores: readonly Store[],
  sites: readonly Site[],
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<SecretList> {
  const findings: Finding[] = [];
  const orUnknown = async <T>(subject: string, work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      findings.push({ id: "secrets/list", region: subject, subject, ...unknownBecause(error) });
      return [];
    }
  };
  const [found, read] = await Promise.all([
    Promise.all(stores.map((store) => orUnknown(store.awsRegion, () => everySecret(store, signal)))),
    Promise.all(
      sites.map((site) =>
        orUnknown<Read>(site.name, async () => {
          const { externalSecrets } = site;
          const [externals, known] = await Promise.all([
            externalSecrets.list(namespace, signal),
            externalSecrets.stores(signal),
          ]);
          return [{ site, externals, stores: known }];
        }),
      ),
    ),
  ]);
  const byName = new Map<string, ListedCopy[]>();
  for (const copy of found.flat()) {
    const key = `${copy.secret.name} ${copy.accountId} ${copy.secret.primaryRegion ?? copy.awsRegion}`;
    byName.set(key, [...(byName.get(key) ?? []), copy]);
  }
  const items = await Promise.all([...byName.values()].map((copies) => toItem(copies, read.flat())));
  const inOrder = items.sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  const shown = namespace === undefined ? inOrder : inOrder.filter((item) => item.readers.length > 0);
  return { kind: "SecretList", items: shown, findings };
}

function everySecret({ awsRegion, accountId, secrets }: Store, signal: AbortSignal): Promise<ListedCopy[]> {
  return itemsOf(secrets.list(signal), (page) => page.map((secret) => ({ awsRegion, accountId, secret })));
}

async function toItem(copies: readonly ListedCopy[], read: readonly Read[]): Promise<SecretItem> {
  const [first] = copies as [ListedCopy];
  const awsRegion = first.secret.primaryRegion ?? first.awsRegion;
  const primary = (copies.find((copy) => copy.awsRegion === awsRegion) ?? first).secret;
  const awsRegions = [...new Set(copies.map((copy) => copy.awsRegion))];
  const managedBy = primary.owner ?? (primary.rotatedByAws ? "rotation by AWS" : undefined);
  const identity: SecretIdentity = {
    name: primary.name,
    accountId: first.accountId,
    arns: copies.map(({ secret }) => secret.arn),
    awsRegions,
    tags: primary.tags,
  };
  return {
    name: primary.name,
    awsRegion,
    replicas: awsRegions.filter((region) => region !== awsRegion),
    ...(primary.changedAt === undefined ? {} : { changedAt: primary.changedAt.toISOString() }),
    ...(managedBy === undefined ? {} : { managedBy }),
    readers: (await Promise.all(read.map((each) => readersOf(each, identity)))).flat(),
  };
}

async function readersOf(
  { site, externals, stores }: Read,
  identity: SecretIdentity,
): Promise<readonly SecretReader[]> {
  const around = { accountId: site.accountId, stores };
  const found = await Promise.all(externals.map((external) => readingOf(external, identity, around)));
  return found.flatMap((reading) => (reading === undefined ? [] : [toReader(site, reading)]));
}

function toReader(site: Site, { external, doubt, pinned }: Reading): SecretReader {
  const { namespace, name, ready, reason, blockedReason } = external;
  const lasting =
    blockedReason ?? (pinned === undefined ? undefined : `it reads the version ${pinned} instead of AWSCURRENT`);
  const unready = reason ?? "External Secrets has not processed it yet";
  const problem = doubt === undefined ? (ready === true ? lasting : unready) : `it may read the secret: ${doubt}`;
  return {
    region: site.name,
    namespace,
    externalSecret: name,
    ready: ready === true,
    ...(problem === undefined ? {} : { problem }),
  };
}
