import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { sourcesOf } from "../../../test/support/health-trial.ts";
import { testNow } from "../../../test/support/kube-objects.ts";
import { platformWorkloads, wholePlatform } from "../../../test/support/platform-objects.ts";
import { AppError } from "../../core/error.ts";
import { runChecks } from "../../core/run-checks.ts";
import type { CollectorCounts } from "../../k8s/collector/port.ts";
import { createHealthContext } from "../health-context.ts";
import { tracingCollector } from "./tracing-collector.ts";

const some: CollectorCounts = { accepted: 10, sent: 10, lost: 0, waiting: 0 };

/** Asks about Collectors; each has its counts at the first reading, and at the second one. */
async function ask(
  ...pods: readonly (readonly [first: CollectorCounts | AppError, second?: CollectorCounts])[]
): Promise<{ readonly findings: readonly string[]; readonly pauses: readonly number[] }> {
  const { signal } = new AbortController();
  const pauses: number[] = [];
  let reading = 0;
  const context = createHealthContext(
    {
      ...sourcesOf(fakeCluster({ objects: platformWorkloads() })),
      components: { region: "eu", expected: wholePlatform },
      now: () => testNow,
      pause: async (ms) => void pauses.push(ms),
      collectors: async () => ({
        read: async ({ namespace, labels }) => {
          expect(labels).toEqual({ app: "collector" });
          reading += 1;
          return pods.map(([first, second = first], at) => ({
            namespace,
            name: `collector-${at}`,
            counts: reading === 1 ? first : second,
          }));
        },
      }),
    },
    signal,
  );
  const found = await runChecks([{ ...tracingCollector, needs: [] }], { context, now: () => testNow, signal });
  return { findings: found.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`), pauses };
}

describe("tracing/collector", () => {
  it("Collectors that deliver are healthy after one reading", async () => {
    expect(await ask([some], [some])).toEqual({ findings: ["ok 2 Collectors: deliver"], pauses: [] });
  });

  it("A Collector in whose queue batches wait while none is sent does not deliver", async () => {
    const stuck = { accepted: 30, sent: 10, lost: 0, waiting: 3 };
    expect(await ask([stuck])).toEqual({
      findings: ["fail Collector monitoring/collector-0: does not deliver: 3 batches wait, and none was sent in 5 s"],
      pauses: [5_000],
    });
  });

  it("Collectors with the same problem are one failure", async () => {
    const stuck = { accepted: 30, sent: 10, lost: 0, waiting: 1 };
    expect((await ask([stuck], [stuck])).findings).toEqual([
      "fail 2 Collectors (monitoring/collector-0, monitoring/collector-1): does not deliver: 2 batches wait, and none was sent in 5 s",
    ]);
  });

  it("A queue that is being emptied is healthy", async () => {
    const busy = { ...some, waiting: 4 };
    expect((await ask([busy, { ...busy, sent: 11 }])).findings).toEqual(["ok 1 Collector: delivers"]);
  });

  it.each([
    [
      "more spans",
      { ...some, lost: 2 },
      "fail",
      "does not deliver: 2 spans lost since the start, and it is losing more",
    ],
    ["no more spans", { ...some, lost: 1 }, "warn", "1 span lost since the start; it delivers now"],
  ])("A Collector that lost spans and now loses %s is judged by that", async (_what, second, severity, summary) => {
    expect((await ask([{ ...some, lost: 1 }, second])).findings).toEqual([
      `${severity} Collector monitoring/collector-0: ${summary}`,
    ]);
  });

  it("A Collector that lost everything fails, although nothing waits", async () => {
    expect((await ask([{ accepted: 3, sent: 0, lost: 3, waiting: 0 }])).findings).toEqual([
      "fail Collector monitoring/collector-0: has never delivered a span: 3 spans lost since the start",
    ]);
  });

  it("A Collector that got no span proves nothing, and one that does not answer is unknown", async () => {
    const none = { accepted: 0, sent: 0, lost: 0, waiting: 0 };
    expect((await ask([none])).findings).toEqual([
      "skip Collectors: no span has been accepted since the start, so nothing shows whether spans are delivered",
    ]);
    const silent = new AppError("KUBE_FORWARD_FAILED", "port 8888 cannot be reached");
    expect((await ask([silent], [some])).findings).toEqual([
      "unknown Collector monitoring/collector-0: port 8888 cannot be reached",
      "ok 1 Collector: delivers",
    ]);
  });
});
