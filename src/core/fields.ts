export type Path = readonly (string | number)[];
export type PlainFields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is PlainFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the value at a path of plain data; undefined if there is none. */
export function field(value: unknown, ...path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );
}

export function text(value: unknown, ...path: Path): string | undefined {
  const found = field(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function list(value: unknown, ...path: Path): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

export function texts(value: unknown, ...path: Path): readonly string[] {
  return list(value, ...path).filter((each) => typeof each === "string");
}

/** Returns the fields of the mapping at a path; none if there is no mapping. */
export function fields(value: unknown, ...path: Path): PlainFields {
  const found = field(value, ...path);
  return isFields(found) ? found : {};
}
