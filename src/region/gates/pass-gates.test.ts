import { describe, expect, it } from "vitest";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf, type Gate } from "../../core/gate.ts";
import { type GatedRegion, passGates } from "./pass-gates.ts";

const found = (severity: Finding["severity"], summary: string, more: Partial<Finding> = {}): Finding => ({
  id: "gitops/sync",
  severity,
  subject: "application orders",
  summary,
  ...more,
});
const ok = found("ok", "in sync");

/** A gate that answers each time with the next findings, and then always with the last ones. */
function gate(id: string, ...rounds: readonly (readonly Finding[])[]): Gate & { readonly asked: () => number } {
  let asked = 0;
  return {
    id,
    asked: () => asked,
    evaluate: async () => answerOf(rounds[Math.min(asked++, rounds.length - 1)] ?? []),
  };
}

interface Passed extends GatedRegion {
  readonly minutes: number;
  readonly told: readonly string[];
}

async function pass(...gates: readonly Gate[]): Promise<Passed> {
  const clock = virtualClock();
  const begun = clock.now();
  const told: string[] = [];
  const settings = { clock, waiting: (detail: string) => void told.push(detail) };
  const passed = await passGates("eu", gates, settings, new AbortController().signal);
  return { ...passed, told, minutes: (clock.now() - begun) / 60_000 };
}

describe("the gates of a region", () => {
  it("Gates that pass are evaluated once, without waiting, and report what they were shown by", async () => {
    const nothing = found("skip", "not asked");
    expect(await pass(gate("nodes ready", [ok, nothing]), gate("mesh strict", [nothing]))).toEqual({
      gates: [
        { gate: "nodes ready", answer: "pass", shown: ["application orders: in sync"] },
        { gate: "mesh strict", answer: "pass" },
      ],
      findings: [],
      minutes: 0,
      told: [],
    });
  });

  it("A gate that does not pass yet is evaluated again, and those after it only when it passes", async () => {
    const first = gate("nodes ready", [found("fail", "no node")], [found("unknown", "no answer")], [ok]);
    const second = gate("mesh strict", [ok]);
    const { gates, minutes, told } = await pass(first, second);
    expect(gates.map(({ answer }) => answer)).toEqual(["pass", "pass"]);
    expect([first.asked(), second.asked(), minutes]).toEqual([3, 1, 1 / 3]);
    expect(told[0]).toBe("nodes ready: application orders: no node [gitops/sync], for 0ms");
  });

  it("The gate that fails is named with its root finding and its fix, after five minutes without a change", async () => {
    const root = found("fail", "the chart does not exist", { fix: "gennet app tree orders" });
    const symptom = found("fail", "degraded", {
      id: "gitops/health",
      cause: "gitops/sync",
      causeSubject: root.subject,
    });
    const { gates, findings, minutes } = await pass(gate("Applications", [symptom, root]), gate("mesh strict", [ok]));
    expect(findings).toEqual([
      {
        id: "region/gate",
        region: "eu",
        severity: "fail",
        subject: 'gate "Applications"',
        summary: "application orders: the chart does not exist [gitops/sync]",
        fix: "gennet app tree orders",
      },
    ]);
    expect(gates).toEqual([
      { gate: "Applications", answer: "fail" },
      { gate: "mesh strict", answer: "waiting" },
    ]);
    expect(minutes).toBe(5);
  });

  it("As long as something changes, the region is waited for, but at most half an hour", async () => {
    const changing = Array.from({ length: 400 }, (_, at) => [found("fail", "a".repeat(1 + Math.floor(at / 12)))]);
    expect((await pass(gate("Applications", ...changing))).minutes).toBe(30);
  });

  it("An age that grows is no change", async () => {
    const older = Array.from({ length: 400 }, (_, at) => [found("fail", `not compared for ${at}m`)]);
    expect((await pass(gate("Applications", ...older))).minutes).toBe(5);
  });

  it("A gate that nothing was found for is unknown, with exit code 5", async () => {
    const nothing: Gate = { id: "mesh strict", evaluate: async () => ({ answer: "unknown", findings: [] }) };
    expect((await pass(nothing)).findings).toMatchObject([
      { severity: "unknown", obstacle: "unreachable", summary: "no check had anything to look at" },
    ]);
  });

  it.each(["denied", "misconfigured"] as const)(
    "A gate that is unknown because something is %s ends at once",
    async (obstacle) => {
      const { findings, minutes } = await pass(gate("gateway answers", [found("unknown", "no image", { obstacle })]));
      expect(minutes).toBe(0);
      expect(findings[0]?.obstacle).toBe(obstacle === "denied" ? "denied" : "unreachable");
    },
  );
});
