import { eachBounded } from "../../core/bounded.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import { kubeSecretOf } from "../expected.ts";
import { type Between, differs, type Held, holds } from "../holds.ts";
import { assertNotSuperseded } from "../labels.ts";
import { type Reader, readerName, readersIn } from "../readers.ts";
import { type Site, textsOf, type Versions, type RotationWorld } from "../world.ts";

const syncsAtOnce = 8;

/** Updates the Kubernetes Secrets of all regions to the target's value. */
export function syncSecrets(world: RotationWorld, versions: Versions): Stage {
  const between = async (signal: AbortSignal): Promise<Between> => {
    const { before, target } = await textsOf(world, versions, signal);
    return { is: target, not: before };
  };
  return {
    id: "sync",
    title: "Sync it to the Kubernetes Secrets",
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
      if (answer.answer !== "pass") await assertNotSuperseded(world, versions.target, signal);
      return answer;
    },
    undo: async () => undefined,
  };
}

/** Returns the readers whose Kubernetes Secret differs between the two versions. */
export async function affected(
  site: Site,
  world: Pick<RotationWorld, "identity">,
  between: Between,
  signal: AbortSignal,
): Promise<readonly Reader[]> {
  const readers = (await readersIn(site, world, signal)).filter(({ own }) => own.size > 0);
  const told = await Promise.all(readers.map((reader) => differs(reader, between)));
  return readers.filter((_reader, at) => told[at] === true);
}

/** Makes External Secrets fetch `version`, which is AWSCURRENT, if the Kubernetes Secret does not hold it yet. */
export async function bring(
  reader: Reader,
  between: Between,
  version: string,
  world: RotationWorld,
  at: StageContext,
): Promise<void> {
  if ((await heldBy(reader, between, at.signal)).state === "held") return;
  const { externalSecrets } = reader.site;
  const token = `${version} ${new Date(world.clock.now()).toISOString()}`;
  await at.change(`sync ${readerName(reader)}`, () => externalSecrets.force(reader.external, token, at.signal));
  await externalSecrets.untilSynced(
    reader.external,
    { patienceMs: world.patience.syncMs, report: (detail) => at.report(`${reader.site.name}: ${detail}`) },
    at.signal,
  );
}

export async function heldBy(reader: Reader, between: Between, signal: AbortSignal): Promise<Held> {
  return holds(reader, await kubeSecretOf(reader, signal), between);
}

async function finding(reader: Reader, between: Between, world: RotationWorld, signal: AbortSignal): Promise<Finding> {
  const { site, external, kubeSecret } = reader;
  const about = { id: "secrets/synced", region: site.name, subject: `secret ${external.namespace}/${kubeSecret}` };
  const held = await heldBy(reader, between, signal);
  if (held.state === "held") return { ...about, severity: "ok", summary: "holds the AWSCURRENT value" };
  const fix = `${site.kubectl} -n ${external.namespace} describe externalsecret ${external.name}`;
  if (held.state === "unknown") return { ...about, severity: "unknown", summary: held.why, fix };
  return { ...about, severity: "fail", summary: `does not hold the AWSCURRENT value of ${world.secret}`, fix };
}
