import type { Finding } from "../core/finding.ts";
import type { RemoteSource } from "../k8s/external-secrets/remote-source.ts";
import { kubeSecretOf } from "./expected.ts";
import { changedKeys, produced } from "./holds.ts";
import { produce } from "./model/produce.ts";
import { allVisibleIn } from "./model/visible.ts";
import type { Payload } from "./payload.ts";
import { consumerName, type Reader } from "./readers.ts";

/** Returns whether a reader decides from the value itself whether to decode it. */
export function decodesByGuess({ own }: Pick<Reader, "own">): boolean {
  return [...own].some((source) => decodingOf(source) === "Auto");
}

/** Returns why a new version would not reach a reader as intended. This is known before anything is changed. */
export async function deliveryObstacles(
  readers: readonly Reader[],
  current: Payload,
  target: Payload,
  signal: AbortSignal,
): Promise<Finding[]> {
  const found = readers.map(async (reader): Promise<Finding[]> => {
    const { external, site } = reader;
    const subject = `externalsecret ${external.namespace}/${external.name}`;
    const about = { id: "secrets/rotatable", severity: "fail", region: site.name, subject } as const;
    const [before, after] = [await produced(reader, current), await produced(reader, target)];
    if ("untold" in after) return [{ ...about, summary: `with the new value: ${after.untold}` }];
    if ("untold" in before) return [{ ...about, summary: before.untold }];
    if (await isDecodedOtherwise(reader, current, target)) {
      const summary = "its decodingStrategy Auto treats only one of the current and the new value as base64";
      return [
        {
          ...about,
          summary,
          fix: "Give a value of the same kind by --stdin, or another --length: 33 characters are never base64.",
        },
      ];
    }
    const unfit = changedKeys(after, before).filter((key) => after.exact.get(key)?.fitsVariable === false);
    const refusing = unfit.flatMap((key) =>
      reader.consumers.filter(({ uses }) =>
        uses.some((use) => use.as === "variable" && (use.key === undefined || use.key === key)),
      ),
    );
    const [consumer] = refusing;
    if (consumer !== undefined) {
      return [
        {
          ...about,
          summary: `${consumerName(consumer)} gets the new value in an environment variable, which cannot hold it`,
        },
      ];
    }
    const fresh = after.loose.filter((value) => !before.loose.some((each) => each.equals(value)));
    const texts = [...((await kubeSecretOf(reader, signal))?.data.values() ?? [])].map((each) => each.reveal());
    if (fresh.length === 0 || !allVisibleIn(texts, fresh)) return [];
    const summary = `its Secret already contains the new value, so it is impossible to verify that ${after.by ?? "a template"} uses it`;
    return [{ ...about, summary }];
  });
  return (await Promise.all(found)).flat();
}

/** Auto decodes values that happen to be base64: a rotation must not change whether it does. */
async function isDecodedOtherwise(reader: Reader, current: Payload, target: Payload): Promise<boolean> {
  if (!decodesByGuess(reader)) return false;
  const [before, after] = [await decodedKeys(reader, current), await decodedKeys(reader, target)];
  return before.size !== after.size || [...before].some((key) => !after.has(key));
}

async function decodedKeys({ external, own, storedName }: Reader, payload: Payload): Promise<ReadonlySet<string>> {
  const plain = new Map(external.sources.map((source) => [source, undecoded(source)]));
  const undecodedOwn = new Set([...own].flatMap((source) => plain.get(source) ?? []));
  const made = await produce({ sources: external.sources }, own, payload, storedName);
  const raw = await produce({ sources: [...plain.values()] }, undecodedOwn, payload, storedName);
  if ("untold" in made || "untold" in raw) return new Set();
  return new Set(changedKeys(made, raw));
}

function undecoded(source: RemoteSource): RemoteSource {
  if (source.as === "generator") return source;
  if (source.as === "find") return { ...source, decoding: "None" };
  return { ...source, ref: { ...source.ref, decoding: "None" } };
}

function decodingOf(source: RemoteSource): string | undefined {
  if (source.as === "generator") return undefined;
  return source.as === "find" ? source.decoding : source.ref.decoding;
}
