import type { ChartValues } from "./component.ts";

/** Returns values with others merged over them, as Helm does it: objects key by key, everything else as a whole. */
export function mergeValues(base: ChartValues, over: ChartValues): ChartValues {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isValues(before) && isValues(value) ? mergeValues(before, value) : value;
  }
  return merged;
}

function isValues(value: unknown): value is ChartValues {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
