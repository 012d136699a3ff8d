/** The exit codes that scripts rely on. */
export const exit = {
  ok: 0,
  internal: 1,
  usage: 2,
  unhealthy: 3,
  denied: 4,
  unreachable: 5,
  timedOut: 6,
  conflict: 7,
  pending: 8,
  warnings: 9,
  interrupted: 130,
} as const;

export type Exit = (typeof exit)[keyof typeof exit];

const bySeverity: readonly Exit[] = [
  exit.interrupted,
  exit.internal,
  exit.usage,
  exit.unhealthy,
  exit.conflict,
  exit.denied,
  exit.unreachable,
  exit.timedOut,
  exit.pending,
  exit.warnings,
];

/** Returns the one code for mixed results: 3 before 7, then 4, 5, 6, 8 and 9. */
export function combine(codes: Iterable<Exit>): Exit {
  const seen = new Set(codes);
  return bySeverity.find((code) => seen.has(code)) ?? exit.ok;
}
