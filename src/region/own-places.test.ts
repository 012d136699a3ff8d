import { describe, expect, it } from "vitest";
import type { Finding } from "../core/finding.ts";
import { assertOwnPlaces } from "./own-places.ts";
import type { RegionPlanEntry } from "./region-plan.ts";

const regions: readonly RegionPlanEntry[] = [
  { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", spec: "", changes: [] },
];

function unread(code: string): Finding {
  return {
    id: "region/plan",
    region: "us",
    severity: "unknown",
    subject: "region us",
    summary: "The credentials are for account 1.",
    fix: "aws sts get-caller-identity",
    evidence: { code },
  };
}

describe("the places of a plan", () => {
  it.each(["AWS_ACCOUNT_MISMATCH", "KUBE_CONTEXT_MISMATCH"])(
    "A region with %s stops everything, and the other regions can be named",
    (code) => {
      const stopped = (): void => assertOwnPlaces({ regions, findings: [unread(code)] });
      expect(stopped).toThrow(
        expect.objectContaining({
          code,
          message: "No changes made. us: The credentials are for account 1.",
          next: ["aws sts get-caller-identity", "gennet region bootstrap eu"],
        }),
      );
    },
  );

  it("A region that does not answer stops no other", () => {
    expect(() => assertOwnPlaces({ regions, findings: [unread("AWS_UNREACHABLE")] })).not.toThrow();
  });
});
