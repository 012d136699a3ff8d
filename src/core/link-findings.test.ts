import { expect, it } from "vitest";
import type { CheckFinding } from "./check.ts";
import { linkFindings } from "./link-findings.ts";

const wrong = (id: string, thing: string, more: Partial<CheckFinding> = {}): CheckFinding => ({
  id,
  severity: "fail",
  subject: thing,
  summary: "wrong",
  about: [thing],
  ...more,
});
const links = (...all: readonly CheckFinding[]) =>
  linkFindings(all).map(({ id, subject, cause, causeSubject }) => [`${id} ${subject}`, cause, causeSubject]);

it("A symptom of a symptom has the root cause of both", () => {
  expect(
    links(
      wrong("a/root", "x"),
      wrong("b/middle", "x", { symptomOf: { id: "a/root", about: "x" } }),
      wrong("c/end", "x", { symptomOf: { id: "b/middle", about: "x" } }),
    ),
  ).toEqual([
    ["a/root x", undefined, undefined],
    ["b/middle x", "a/root", "x"],
    ["c/end x", "a/root", "x"],
  ]);
});

it("The cause is the most severe finding, never one that is ok or skipped", () => {
  const symptom = wrong("b/end", "x", { symptomOf: { id: "a/root", about: "x" } });
  expect(links(wrong("a/root", "x", { severity: "ok" }), symptom)[1]).toEqual(["b/end x", undefined, undefined]);
  expect(links(wrong("a/root", "x", { severity: "skip" }), symptom)[1]?.[1]).toBeUndefined();
  const warning = wrong("a/root", "x", { severity: "warn", subject: "the warning" });
  expect(links(warning, wrong("a/root", "x"), symptom)[2]).toEqual(["b/end x", "a/root", "x"]);
});

it("Similar findings become one, which keeps all their subjects", () => {
  const alike = (name: string): CheckFinding => wrong("a/root", name, { alike: { name, one: "thing" } });
  const [merged] = linkFindings([alike("x"), alike("y")]);
  expect(merged).toMatchObject({ subject: "2 things (x, y)", about: ["x", "y"], evidence: { names: ["x", "y"] } });
  expect(links(alike("x"), alike("y"), wrong("b/end", "y", { symptomOf: { id: "a/root", about: "y" } }))[1]).toEqual([
    "b/end y",
    "a/root",
    "2 things (x, y)",
  ]);
});

it("Findings that name each other as causes have no cause", () => {
  const one = wrong("a/one", "x", { symptomOf: { id: "b/other", about: "x" } });
  const other = wrong("b/other", "x", { symptomOf: { id: "a/one", about: "x" } });
  expect(links(one, other)).toEqual([
    ["a/one x", undefined, undefined],
    ["b/other x", undefined, undefined],
  ]);
});

it("A cause without a subject is kept, and linked to no finding", () => {
  expect(links(wrong("b/other", "x"), wrong("a/root", "x", { cause: "b/other" }))[1]).toEqual([
    "a/root x",
    "b/other",
    undefined,
  ]);
});
