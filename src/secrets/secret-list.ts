import type { SecretSummary } from "../aws/secrets-port.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import type { ExternalSecret } from "../k8s/external-secrets/port.ts";
import type { Store } from "./locate.ts";
import type { Site } from "./world.ts";

export interface SecretReader {
  /** The region's name in gennet.yaml. */
  readonly region: string;
  readonly namespace: string;
  readonly externalSecret: string;
  readonly ready: boolean;
  /** Why it is not ready, or would not take up a new value. */
  readonly problem?: string;
}

export interface SecretItem {
  readonly name: string;
  /** The AWS region of its primary. */
  readonly awsRegion: string;
  readonly replicas: readonly string[];
  /** RFC 3339, UTC. */
  readonly changedAt?: string;
  /** Who else changes it: a rotation of AWS, or the AWS service that owns it. */
  readonly managedBy?: string;
  readonly readers: readonly SecretReader[];
}

/** What `gennet secrets list` answers. */
export interface SecretList {
  readonly kind: "SecretList";
  readonly items: readonly SecretItem[];
  /** What could not be read. */
  readonly findings: readonly Finding[];
}

type External = readonly [Site, ExternalSecret];

/** The secrets of all regions, and who reads them. A region that does not answer hides nothing of the others. */
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
  const [found, externals] = await Promise.all([
    Promise.all(stores.map((store) => orUnknown(store.awsRegion, () => everySecret(store, signal)))),
    Promise.all(
      sites.map((site) =>
        orUnknown<External>(site.name, async () =>
          (await site.externalSecrets.list(namespace, signal)).map((external) => [site, external] as const),
        ),
      ),
    ),
  ]);
  const byName = new Map<string, (readonly [string, SecretSummary])[]>();
  for (const [awsRegion, secret] of found.flat()) {
    const key = `${secret.name} ${secret.primaryRegion ?? awsRegion}`;
    byName.set(key, [...(byName.get(key) ?? []), [awsRegion, secret]]);
  }
  const items = [...byName.values()].map((copies) => toItem(copies, externals.flat()));
  const inOrder = items.sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  const shown = namespace === undefined ? inOrder : inOrder.filter((item) => item.readers.length > 0);
  return { kind: "SecretList", items: shown, findings };
}

async function everySecret({ awsRegion, secrets }: Store, signal: AbortSignal) {
  const all: (readonly [string, SecretSummary])[] = [];
  for await (const page of secrets.list(signal)) all.push(...page.map((secret) => [awsRegion, secret] as const));
  return all;
}

function toItem(copies: readonly (readonly [string, SecretSummary])[], externals: readonly External[]): SecretItem {
  const [[firstRegion, first]] = copies as [readonly [string, SecretSummary]];
  const awsRegion = first.primaryRegion ?? firstRegion;
  const primary = copies.find(([region]) => region === awsRegion)?.[1] ?? first;
  const names = new Set([first.name, ...copies.map(([, { arn }]) => arn)]);
  const regions = new Set(copies.map(([region]) => region));
  const managedBy = primary.owner ?? (primary.rotatedByAws ? "rotation by AWS" : undefined);
  return {
    name: primary.name,
    awsRegion,
    replicas: [...regions].filter((region) => region !== awsRegion),
    ...(primary.changedAt === undefined ? {} : { changedAt: primary.changedAt.toISOString() }),
    ...(managedBy === undefined ? {} : { managedBy }),
    readers: externals
      .filter(([site, { sources }]) => regions.has(site.awsRegion) && sources.some(({ key }) => names.has(key)))
      .map(([site, external]) => toReader(site, external)),
  };
}

function toReader(site: Site, { namespace, name, ready, reason, fixed }: ExternalSecret): SecretReader {
  const problem = ready === true ? fixed : (reason ?? "External Secrets has not seen it yet");
  return {
    region: site.name,
    namespace,
    externalSecret: name,
    ready: ready === true,
    ...(problem === undefined ? {} : { problem }),
  };
}
