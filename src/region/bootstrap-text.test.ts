import { expect, it } from "vitest";
import type { Finding } from "../core/finding.ts";
import { bootstrapText } from "./bootstrap-text.ts";

const fix = "gennet region bootstrap eu  # resumes from here";

function shown(findings: readonly Finding[]): readonly string[] {
  const step = { step: "vpc", title: "VPC", outcome: "failed", summary: "", durationMs: 0 } as const;
  const regions = [{ name: "eu", changes: 0, steps: [step], durationMs: 0 }];
  const document = { kind: "RegionBootstrap", regions, findings } as const;
  return bootstrapText(document, { paint: (_tone, text) => text }).split("\n");
}

it("A next step that several findings share is shown once, after the last of them", () => {
  const finding = (subject: string): Finding => ({
    id: "region/step",
    severity: "fail",
    region: "eu",
    subject,
    summary: "why",
    fix,
  });
  expect(shown([finding("a"), finding("b")]).slice(1)).toEqual(["  ✖ eu · a: why", "  ✖ eu · b: why", `    → ${fix}`]);
});

it("How a region continues is shown at the end if no finding says it", () => {
  const denied = { id: "region/step", severity: "fail", region: "eu", subject: "a", summary: "why" } as const;
  expect(shown([{ ...denied, fix: "Allow it." }]).slice(1)).toEqual(["  ✖ eu · a: why", "    → Allow it.", `→ ${fix}`]);
});
