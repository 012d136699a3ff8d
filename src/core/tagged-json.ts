/**
 * JSON that keeps what plain JSON loses: dates, maps and sets. Such values are objects with a single key, such as
 * `$date`.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(tagged(value));
}

export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const { $date, $map, $set } = value as { $date?: string; $map?: [unknown, unknown][]; $set?: unknown[] };
    if ($date !== undefined) return new Date($date);
    if ($map !== undefined) return new Map($map);
    return $set === undefined ? value : new Set($set);
  });
}

function tagged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Map) return { $map: [...value].map(([key, each]) => [tagged(key), tagged(each)]) };
  if (value instanceof Set) return { $set: [...value].map(tagged) };
  if (Array.isArray(value)) return value.map(tagged);
  // A secret's value serialises itself as `[secret]`.
  if ("toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, tagged(each)]));
}
