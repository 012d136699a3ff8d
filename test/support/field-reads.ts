/** A place in a value: `["Vpcs", "0", "Tags"]`. Keys of maps may contain any character. */
export type FieldPath = readonly string[];

/** A field that was read. */
export interface FieldRead {
  readonly path: FieldPath;
  /** Undefined if it had no value. */
  readonly type: FieldType | undefined;
}

export type FieldType = "text" | "number" | "boolean" | "time" | "list" | "structure" | "bytes";

/** What was read of a value. */
export interface FieldReads {
  readonly reads: readonly FieldRead[];
  /** Returns the value; what is read of it is recorded. */
  of<T>(value: T): T;
}

/** What JavaScript and the SDK ask of every object. */
const notFields = /^(\$.*|then|toJSON)$/;

export function fieldReads(): FieldReads {
  const reads: FieldRead[] = [];
  const watched = <T>(value: T, path: FieldPath): T => {
    if (!isPlain(value)) return value;
    return new Proxy(value, {
      get: (target, key, receiver) => {
        const field: unknown = Reflect.get(target, key, receiver);
        // Methods of lists read the items through the proxy.
        if (typeof key !== "string" || notFields.test(key) || typeof field === "function") return field;
        if (Array.isArray(target) && !/^\d+$/.test(key)) return field;
        reads.push({ path: [...path, key], type: typeOf(field) });
        // A list of texts is used as a whole.
        const [first] = Array.isArray(field) ? (field as readonly unknown[]) : [];
        if (first !== undefined && !isPlain(first)) reads.push({ path: [...path, key, "0"], type: typeOf(first) });
        return watched(field, [...path, key]);
      },
    });
  };
  return { reads, of: (value) => watched(value, []) };
}

/** Returns whether a value has something at a place. */
export function hasField(value: unknown, path: FieldPath): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return false;
    at = Reflect.get(at, key);
  }
  return at !== undefined && at !== null;
}

function typeOf(value: unknown): FieldType | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (value instanceof Date) return "time";
  if (Array.isArray(value)) return "list";
  return isPlain(value) ? "structure" : "bytes";
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
