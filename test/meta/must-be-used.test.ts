import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/error.ts";
import { clusterContext } from "../support/cluster-context.ts";
import { fakeCluster } from "../support/fake-cluster.ts";
import { memoryHost } from "../support/host.ts";
import { memoryAws } from "../support/memory-aws.ts";
import { memoryCluster } from "../support/memory-cluster.ts";
import { answersInTurn } from "../support/must-be-used.ts";
import { nonEmpty } from "../support/non-empty.ts";

const { signal } = new AbortController();
const refused = new AppError("KUBE_DENIED", "no");

describe("what a test prepares", () => {
  it("A test passes if it uses everything that it prepared", async () => {
    const next = answersInTurn("answers", ["a", "b"], () => "later");
    expect([next(), next(), next()]).toEqual(["a", "b", "later"]);
    const cluster = fakeCluster({ errors: { version: refused }, answers: { "shop/a:80": ["body"] } });
    await expect(cluster.version(signal)).rejects.toBe(refused);
    expect(await cluster.askPod({ namespace: "shop", name: "a", port: 80 }, ["/"], signal)).toMatchObject([
      { body: "body" },
    ]);
    expect(await memoryHost({ stdin: "text" }).input(signal)).toBe("text");
  });

  it("A stub throws if it is called more often than it has answers", () => {
    const next = answersInTurn("answers", ["a"]);
    expect(next()).toBe("a");
    expect(next).toThrow("There are only 1 answers");
  });

  // The comparison of each holds; the test fails at its end.
  it.fails.each<readonly [what: string, prepare: () => unknown]>([
    ["an answer", () => answersInTurn("answers", ["a"])],
    ["an error of a cluster", () => fakeCluster({ errors: { Pod: refused } })],
    ["an answer of a pod", () => fakeCluster({ answers: { "shop/a:80": [] } })],
    ["a cluster that cannot be reached", () => clusterContext({ eu: refused })],
    ["an answer to a question", () => memoryHost({ answers: [{ at: "Which", answer: "a" }] })],
    ["standard input", () => memoryHost({ stdin: "text" })],
    ["a kind that is not served", () => memoryCluster("eu").unserved.add("Widget")],
    ["a fault", () => memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "1" }).kill(0, "after") ?? "a fault"],
  ])("A test fails if nothing uses what it prepared: %s", (_what, prepare) => {
    expect(prepare()).toBeDefined();
  });
});

describe("a list that must not be empty", () => {
  it("nonEmpty returns a list with items, and throws if there are none", () => {
    expect(nonEmpty(new Set(["a"]))).toEqual(["a"]);
    expect(() => nonEmpty([])).toThrow("nothing to compare");
  });
});
