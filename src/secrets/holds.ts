import type { SecretValue } from "../core/secret-value.ts";
import type { KubeSecret } from "../k8s/external-secrets/port.ts";
import { changedKeys, type Payload, propertyOf } from "./payload.ts";
import type { Reader } from "./readers.ts";

/** The two versions of the text between which a reader is to be told apart. */
export interface Between {
  readonly is: Payload;
  readonly not: Payload;
}

/**
 * Whether a Kubernetes Secret holds `is`: each value that comes out under a key of its own is compared by fingerprint.
 * Of what a template makes, it is enough that each value in which the two versions differ is in it, and the other
 * version's is not.
 */
export function holds(
  { external }: Pick<Reader, "external">,
  secret: KubeSecret | undefined,
  { is, not }: Between,
  fingerprintKey: string,
): boolean {
  if (secret === undefined) return false;
  const same = (key: string, value: SecretValue): boolean =>
    secret.data.get(key)?.fingerprint(fingerprintKey) === value.fingerprint(fingerprintKey);
  return external.sources.every(({ landing }) => {
    if (landing.as === "properties") return [...(is.fields ?? [])].every(([key, value]) => same(key, value));
    if (landing.as === "made") return isIn(secret, differing(is, not)) && !isIn(secret, differing(not, is));
    const value = landing.property === undefined ? is.text : propertyOf(is, landing.property);
    return value === undefined || same(landing.secretKey, value);
  });
}

function differing(is: Payload, not: Payload): readonly SecretValue[] {
  return changedKeys(is, not)?.map((key) => is.fields?.get(key) as SecretValue) ?? [is.text];
}

/** Whether all the values stand somewhere in the Secret's data, as they are or as templates usually write them. */
export function isIn({ data }: KubeSecret, values: readonly SecretValue[]): boolean {
  const texts = [...data.values()].map((each) => each.reveal());
  return values.every((value) => {
    const plain = value.reveal();
    const forms = [plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1), base64(plain)];
    return forms.some((form) => texts.some((text) => text.includes(form)));
  });
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
