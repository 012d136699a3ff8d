import { randomBytes } from "node:crypto";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { type Journal, type JournalStore, withJournal } from "../../core/journal.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { kubectlOf } from "../../platform/place.ts";
import type { Region } from "../../platform/schema.ts";
import { locate, type Store } from "../../secrets/locate.ts";
import { type Payload, readPayload } from "../../secrets/payload.ts";
import { journalOf, type RotationSettings } from "../../secrets/rotation-settings.ts";
import { rotationText } from "../../secrets/rotation-text.ts";
import type { OpenedSecret, Patience, Site, RotationWorld } from "../../secrets/world.ts";
import { agree, assertAnswerable } from "../consent.run.ts";
import { journalsIn } from "../run-stores.run.ts";

/** The selected regions of gennet.yaml, with verified AWS accounts. */
export async function secretRegions(context: Context): Promise<readonly Region[]> {
  if (context.options.context.length > 0) {
    throw new AppError(
      "USAGE_INVALID",
      "A kubeconfig context does not identify an AWS account, so gennet cannot find its secrets.",
      {
        next: ["Pass --region with a region of gennet.yaml instead of --context."],
      },
    );
  }
  const regions = await context.regions();
  await Promise.all(regions.map(async (region) => (await context.aws(region)).verifyAccount(context.signal)));
  return regions;
}

/** Returns one Secrets Manager client for each AWS account and AWS region. */
export async function secretsManagersOf(regions: readonly Region[], context: Context): Promise<readonly Store[]> {
  const doors = new Map(regions.map((region) => [`${region.accountId} ${region.awsRegion}`, region]));
  return Promise.all(
    [...doors.values()].map(async (region) => ({
      awsRegion: region.awsRegion,
      accountId: region.accountId,
      secrets: await (await context.aws(region)).service("secrets"),
    })),
  );
}

export async function sitesOf(regions: readonly Region[], context: Context): Promise<readonly Site[]> {
  return Promise.all(regions.map((region) => siteOf(region, context)));
}

async function siteOf(region: Region, context: Context): Promise<Site> {
  const place = { name: region.name, region };
  return {
    name: region.name,
    awsRegion: region.awsRegion,
    accountId: region.accountId,
    wave: region.wave ?? 1,
    kubectl: kubectlOf(place),
    externalSecrets: await context.externalSecrets(place),
    workloads: await context.workloads(place),
  };
}

/** Returns the reachable clusters, and a finding for each unreachable one. */
async function reachableSites(
  regions: readonly Region[],
  context: Context,
): Promise<{ readonly sites: readonly Site[]; readonly findings: readonly Finding[] }> {
  const sites: Site[] = [];
  const findings: Finding[] = [];
  for (const region of regions) {
    try {
      sites.push(await siteOf(region, context));
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      findings.push({ id: "secrets/holders", region: region.name, subject: region.name, ...unknownBecause(error) });
    }
  }
  return { sites, findings };
}

/** Finds a secret and its readers. With `lenient`, an unreachable cluster is a finding instead of an error. */
export async function openSecret(
  secret: string,
  patience: Patience,
  context: Context,
  { lenient = false } = {},
): Promise<OpenedSecret> {
  const regions = await secretRegions(context);
  const chosen = new Set(regions.map(({ name }) => name));
  const others = (await context.platform()).regions.filter(({ name }) => !chosen.has(name));
  const stores = await secretsManagersOf(regions, context);
  const { primary, replicas, description } = await locate(secret, stores, others, context.signal);
  const { sites, findings } = lenient
    ? await reachableSites(regions, context)
    : { sites: await sitesOf(regions, context), findings: [] };
  const known = new Map<string, Payload>();
  const world: RotationWorld = {
    secret: description.name,
    identity: {
      name: description.name,
      accountId: primary.arn.split(":")[4] ?? "",
      arns: [primary, ...replicas].map(({ arn }) => arn),
      awsRegions: [primary.awsRegion, ...description.replicas.map(({ awsRegion }) => awsRegion)],
      tags: description.tags,
    },
    primary,
    replicas,
    sites,
    clock: context.host.clock,
    patience,
    fingerprintKey: randomBytes(32).toString("hex"),
    payload: async (versionId, signal) => {
      const held = known.get(versionId);
      if (held !== undefined) return held;
      const version = await primary.secrets.version(primary.arn, { versionId }, signal);
      if (version === undefined) return undefined;
      const payload = readPayload(version.value, version.binary);
      known.set(versionId, payload);
      return payload;
    },
  };
  return { world, description, findings };
}

/** Runs `work` with the secret's journal, which no other process has meanwhile. */
export async function rotating<T>(
  { world }: OpenedSecret,
  yes: boolean,
  context: Context,
  work: (journal: Journal, run: RotationSettings) => Promise<T>,
): Promise<T> {
  const { clock } = context.host;
  const store = await journalsOf(world, context);
  return withJournal(store, journalOf(world), { clock, signal: context.signal }, (journal, signal) =>
    work(journal, {
      clock,
      signal,
      emit: context.emit,
      show: (report) => context.preview(report, rotationText),
      assertAnswerable: (instead) => assertAnswerable(yes, instead, context),
      agree: (question) => agree(question, yes, context),
    }),
  );
}

/** The journal is where the secret's primary copy is: without that region, there is no rotation. */
async function journalsOf(
  { secret, identity, primary }: Pick<RotationWorld, "secret" | "identity" | "primary">,
  context: Context,
): Promise<JournalStore> {
  const { regions } = await context.platform();
  const home = regions.find(
    ({ accountId, awsRegion }) => accountId === identity.accountId && awsRegion === primary.awsRegion,
  );
  return home === undefined ? context.journals() : journalsIn(home, `secret ${secret}`, context);
}
