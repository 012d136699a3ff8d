import { eachBounded } from "../../core/bounded.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf } from "../../core/gate.ts";
import type { Stage, StageAt } from "../../core/saga.ts";
import { type Between, holds } from "../holds.ts";
import { assertCurrent } from "../labels.ts";
import { changedKeys } from "../payload.ts";
import { type Reader, readerName, readersIn } from "../readers.ts";
import { type Site, textsOf, type Versions, type World } from "../world.ts";

const syncsAtOnce = 8;

/** The target's value comes into the Kubernetes Secrets of all regions. */
export function sync(world: World, versions: Versions): Stage {
  const between = async (signal: AbortSignal): Promise<Between> => {
    const { before, target } = await textsOf(world, versions, signal);
    return { is: target, not: before };
  };
  return {
    id: "sync",
    title: "Bring it into the Kubernetes Secrets",
    async do(at) {
      const texts = await between(at.signal);
      const readers = (await Promise.all(world.sites.map((site) => affected(site, world, texts, at.signal)))).flat();
      await eachBounded(readers, syncsAtOnce, (reader) => bring(reader, texts, versions.target, world, at));
    },
    async verify({ signal }) {
      const texts = await between(signal);
      const found = world.sites.map(async (site) => {
        const readers = await affected(site, world, texts, signal);
        return Promise.all(readers.map((reader) => finding(reader, texts, world, signal)));
      });
      const answer = answerOf((await Promise.all(found)).flat());
      if (answer.answer !== "pass") await assertCurrent(world, versions.target, signal);
      return answer;
    },
    undo: async () => undefined,
  };
}

/** The readers whose Kubernetes Secret is not the same for both versions. */
export function affected(
  site: Site,
  world: World,
  { is, not }: Between,
  signal: AbortSignal,
): Promise<readonly Reader[]> {
  return readersIn(site, world, changedKeys(is, not), signal);
}

/** Has External Secrets fetch what is AWSCURRENT, `version`, where the Kubernetes Secret does not hold it yet. */
export async function bring(
  reader: Reader,
  between: Between,
  version: string,
  world: World,
  at: StageAt,
): Promise<void> {
  if (await isHeld(reader, between, world, at.signal)) return;
  const { externalSecrets } = reader.site;
  const token = `${version} ${new Date(world.clock.now()).toISOString()}`;
  await at.change(`sync ${readerName(reader)}`, () => externalSecrets.force(reader.external, token, at.signal));
  await externalSecrets.untilSynced(
    reader.external,
    { patienceMs: world.patience.syncMs, tell: (detail) => at.tell(`${reader.site.name}: ${detail}`) },
    at.signal,
  );
}

export async function isHeld(reader: Reader, between: Between, world: World, signal: AbortSignal): Promise<boolean> {
  const secret = await reader.site.externalSecrets.secret(reader.external.namespace, reader.kubeSecret, signal);
  return holds(reader, secret, between, world.fingerprintKey);
}

async function finding(reader: Reader, between: Between, world: World, signal: AbortSignal): Promise<Finding> {
  const about = { id: "secrets/synced", region: reader.site.name };
  const subject = `secret ${reader.external.namespace}/${reader.kubeSecret}`;
  if (await isHeld(reader, between, world, signal)) {
    return { ...about, severity: "ok", subject, summary: "holds the AWSCURRENT value" };
  }
  const summary = `does not hold the AWSCURRENT value of ${world.secret}`;
  const fix = `kubectl -n ${reader.external.namespace} describe externalsecret ${reader.external.name}`;
  return { ...about, severity: "fail", subject, summary, fix };
}
