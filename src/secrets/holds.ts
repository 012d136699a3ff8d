import type { SecretValue } from "../core/secret-value.ts";
import type { KubeSecret } from "../k8s/external-secrets/port.ts";
import { produce, type Produced, type Production } from "./model/produce.ts";
import { maskedBy, allVisibleIn } from "./model/visible.ts";
import type { Payload } from "./payload.ts";
import type { Reader } from "./readers.ts";

/** The two versions to distinguish for a reader. */
export interface Between {
  readonly is: Payload;
  readonly not: Payload;
}

export type Held =
  | { readonly state: "held" }
  /** It holds something else. */
  | { readonly state: "lacks" }
  | { readonly state: "unknown"; readonly why: string };

export type Source = Pick<Reader, "external" | "own" | "storedName">;

export function produced({ external, own, storedName }: Source, payload: Payload): Promise<Produced> {
  return produce(external, own, payload, storedName);
}

/**
 * Returns whether a reader's Kubernetes Secret differs between the two versions. If that is unknown, it may differ, so
 * the answer is true.
 */
export async function differs(reader: Source, { is, not }: Between): Promise<boolean> {
  const [one, other] = [await produced(reader, is), await produced(reader, not)];
  if ("untold" in one || "untold" in other) return true;
  return changedKeys(one, other).length > 0 || onlyIn(one.loose, other.loose).length > 0;
}

/**
 * Returns whether a Kubernetes Secret holds a version. It compares only what differs from the other version, or
 * everything if there is no other. The output of a template must contain each value of the version, and none of the
 * other's.
 */
export async function holds(
  reader: Source,
  secret: KubeSecret | undefined,
  { is, not }: { readonly is: Payload; readonly not?: Payload | undefined },
): Promise<Held> {
  const wanted = await produced(reader, is);
  if ("untold" in wanted) return { state: "unknown", why: wanted.untold };
  const other = await otherThan(reader, not);
  if ("untold" in other) return { state: "unknown", why: other.untold };
  if (secret === undefined) return { state: "lacks" };
  const keys = changedKeys(wanted, other);
  const same = (key: string): boolean => sameValue(secret.data.get(key), wanted.exact.get(key));
  if (!keys.every(same)) return { state: "lacks" };
  const [values, others] = [onlyIn(wanted.loose, other.loose), onlyIn(other.loose, wanted.loose)];
  if (keys.length + values.length === 0) return { state: "unknown", why: "nothing in it distinguishes the versions" };
  if (values.length === 0) return { state: "held" };
  const { hasNew, hasOld } = seen(secret, values, others);
  if (hasNew && !hasOld) return { state: "held" };
  if (hasOld && !hasNew) return { state: "lacks" };
  return { state: "unknown", why: `${wanted.by ?? "a template"} transforms its values beyond recognition` };
}

const nothing: Production = { exact: new Map(), loose: [] };

/** A version that External Secrets would reject is in no Kubernetes Secret. */
async function otherThan(reader: Source, not: Payload | undefined): Promise<Produced> {
  const other = not === undefined ? nothing : await produced(reader, not);
  return "untold" in other && other.refused ? nothing : other;
}

export function changedKeys({ exact }: Production, { exact: other }: Production): readonly string[] {
  return [...new Set([...exact.keys(), ...other.keys()])].filter((key) => !sameValue(exact.get(key), other.get(key)));
}

function sameValue(one: SecretValue | undefined, other: SecretValue | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function onlyIn(values: readonly SecretValue[], others: readonly SecretValue[]): readonly SecretValue[] {
  return values.filter((value) => !others.some((other) => other.equals(value)));
}

/**
 * If one value contains another, the longer one is searched first, and does not count as an occurrence of the shorter.
 */
function seen(
  { data }: KubeSecret,
  values: readonly SecretValue[],
  others: readonly SecretValue[],
): { readonly hasNew: boolean; readonly hasOld: boolean } {
  const texts = [...data.values()].map((each) => each.reveal());
  const length = (all: readonly SecretValue[]): number => Math.max(0, ...all.map((each) => each.revealBytes().length));
  if (length(values) >= length(others)) {
    const rest = maskedBy(values, texts);
    return { hasNew: allVisibleIn(texts, values), hasOld: others.length > 0 && allVisibleIn(rest, others) };
  }
  return { hasNew: allVisibleIn(maskedBy(others, texts), values), hasOld: allVisibleIn(texts, others) };
}
