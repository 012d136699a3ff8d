import { expect, it } from "vitest";
import type { TextView } from "../../core/command.ts";
import { present } from "./list.run.ts";

const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };
const nothing = { kind: "ApplicationList", generatedAt: "2026-01-02T03:04:05Z", items: [] } as const;

it("gennet app list reports a permission error first, instead of saying that there are no Applications", () => {
  const about = { id: "gitops/controller", region: "eu", subject: "Argo CD", severity: "unknown" } as const;
  const findings = [{ ...about, obstacle: "denied" as const, summary: "applications is forbidden" }];
  expect(present({ ...nothing, findings }, plain).split("\n")).toEqual([
    "eu",
    "  ? Argo CD: applications is forbidden [gitops/controller]",
  ]);
  expect(present({ ...nothing, findings: [] }, plain)).toBe(
    "No Applications found in this namespace (use -n for another one).",
  );
});
