/** Returns `2026-12-07`, in UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
