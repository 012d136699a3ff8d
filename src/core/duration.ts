/** Units in milliseconds. */
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The units that flags and gennet.yaml accept. */
const ourGrammar = /^(\d+(ms|s|m|h|d))+$/;
/** The units that Go's time.ParseDuration accepts: fractions, but no days. https://pkg.go.dev/time#ParseDuration */
const goGrammar = /^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/;

/** Returns the milliseconds of `30s`, `5m`, `1h30m` or `7d`; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  return ourGrammar.test(text) ? sumOf(text) : undefined;
}

/**
 * Returns the milliseconds of a duration in Go's format, which Kubernetes, Istio and Argo CD use: `1h30m`, `1.5h`,
 * `-5m`, `0`. Returns undefined if the text is not a duration.
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  if (!goGrammar.test(rest)) return undefined;
  return sign === "-" ? -sumOf(rest) : sumOf(rest);
}

function sumOf(text: string): number {
  const parts = text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h|d)/g);
  return [...parts].reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
}

/** Returns milliseconds in a form for people: `850ms`, `4.2s`, `3m05s`, `2h10m`, `5d`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1_000);
  if (minutes < 60) return `${minutes}m${String(seconds).padStart(2, "0")}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d`;
}
