/** One sample of a metric. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Returns the samples of one metric in Prometheus' text format:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function samplesOf(text: string, metric: string): readonly MetricSample[] {
  return text.split("\n").flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    const [, labels = "", value] = /^(?:\{(.*)\})?\s+(\S+)/.exec(line.slice(metric.length)) ?? [];
    return value === undefined ? [] : [{ labels: labelsIn(labels), value: Number(value) }];
  });
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name = "", value = ""]) => [name, unescaped(value)]));
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each));
}
