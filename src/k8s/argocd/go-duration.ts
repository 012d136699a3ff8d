const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Go writes it: `1h30m`, `1.5h`, `0`. Throws where it is none. */
export function goDuration(text: string): number {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d*)?(ms|s|m|h))+$/.test(text)) throw new Error(`cannot parse duration '${text}'`);
  return [...text.matchAll(/(\d+(?:\.\d*)?)(ms|s|m|h)/g)].reduce(
    (total, [, amount, unit = ""]) => total + Number(amount) * (unitMs[unit] ?? 0),
    0,
  );
}
