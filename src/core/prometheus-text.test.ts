import { expect, it } from "vitest";
import { samplesOf } from "./prometheus-text.ts";

it("Samples of one metric are read with their labels, and others with a similar name are not", () => {
  const text = [
    "# HELP up Whether it is up.",
    "# TYPE up gauge",
    String.raw`up{job="a,b}",path="C:\\x \"y\"\n"} 1 1700000000`,
    "up 0.5",
    "up_total 3",
    'upper{job="c"} 4',
  ].join("\n");
  expect(samplesOf(text, "up")).toEqual([
    { labels: { job: "a,b}", path: 'C:\\x "y"\n' }, value: 1 },
    { labels: {}, value: 0.5 },
  ]);
});
