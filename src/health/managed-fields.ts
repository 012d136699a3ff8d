import type { KubeObject } from "../core/kubernetes/object.ts";

/** A step from a field to a field in it: a name, the keys of an item in a list, or its index. */
export type FieldStep = string | number | Readonly<Record<string, unknown>>;

export type FieldPath = readonly FieldStep[];

/** The fields of an object, without its status, that a manager set last. */
export interface ManagedFields {
  readonly manager: string;
  /** Milliseconds since the epoch, to the second; absent if the API server does not show it. */
  readonly time?: number;
  /** The innermost fields: objects and lists are represented by their contents. */
  readonly paths: readonly FieldPath[];
}

interface Entry {
  readonly manager?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: FieldsV1;
}

interface FieldsV1 {
  readonly [step: string]: FieldsV1;
}

/**
 * Returns who set which fields of an object, according to the API server.
 * https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.0/fieldpath/serialize-pe.go
 */
export function managedFields({ metadata }: KubeObject): readonly ManagedFields[] {
  const entries = (metadata["managedFields"] ?? []) as readonly Entry[];
  return entries
    .filter(({ subresource }) => subresource !== "status")
    .map(({ manager = "", time, fieldsV1 = {} }) => ({
      manager,
      ...(time === undefined ? {} : { time: Date.parse(time) }),
      paths: pathsIn(fieldsV1, []),
    }));
}

function pathsIn(fields: FieldsV1, at: FieldPath): readonly FieldPath[] {
  return Object.entries(fields).flatMap(([step, inner]): readonly FieldPath[] => {
    if (step === ".") return [];
    // The values of a set are not fields.
    if (step.startsWith("v:")) return [at];
    const path = [...at, stepOf(step)];
    const below = pathsIn(inner, path);
    return below.length === 0 ? [path] : below;
  });
}

function stepOf(step: string): FieldStep {
  const text = step.slice(2);
  if (step.startsWith("k:")) return JSON.parse(text) as Readonly<Record<string, unknown>>;
  return step.startsWith("i:") ? Number(text) : text;
}

/** Returns the value at a path of an object, or of a part of it; undefined if there is none. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((within, step) => {
    if (typeof step !== "object") {
      return typeof within === "object" && within !== null ? (within as Record<string, unknown>)[step] : undefined;
    }
    if (!Array.isArray(within)) return undefined;
    const keys = Object.entries(step);
    return within.find((item: Record<string, unknown>) => keys.every(([key, wanted]) => item[key] === wanted));
  }, value);
}

/** `webhooks[name=validation.istio.io].failurePolicy` */
export function sayField(path: FieldPath): string {
  return path
    .map((step, at) => {
      if (typeof step === "object") {
        const keys = Object.entries(step).map(
          ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
        );
        return `[${keys.join(",")}]`;
      }
      if (typeof step === "number") return `[${step}]`;
      const word = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step);
      return at === 0 ? word : `.${word}`;
    })
    .join("");
}
