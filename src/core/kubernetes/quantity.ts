const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Parses a quantity (`250m` → 0.25, `1Gi` → 1073741824). Returns undefined if it is invalid, such as a placeholder.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const [, number, exponent = "", suffix = ""] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+)?([A-Za-z]*)$/.exec(value.trim()) ?? [];
  const factor = factors[suffix];
  return number === undefined || factor === undefined ? undefined : Number(number + exponent) * factor;
}
