import type { RuleFacts } from "./rule.ts";

/** Findings about waivers, which cannot be waived. */
export const waiverFacts = {
  complete: {
    id: "waiver/complete",
    title: "waivers have an id, owner, reason and expiry date",
    explain:
      "A waiver names a rule's id, an owner, a reason, and its last day (expires, YYYY-MM-DD). A waiver without any of these has no effect and fails. In a manifest, add a comment `# gennet-waive: ID owner=TEAM expires=2027-01-31 reason=…` to the object's document, or the same text after gennet/waive in its annotations. Otherwise, add it to .gennet/lint.yaml of PATH or of a parent folder, in the list waivers: id, owner, reason, expires, and path (a file or folder) or object (`deployment shop/orders`).",
    severity: "fail",
    fix: "add the missing fields",
  },
  expired: {
    id: "waiver/expired",
    title: "no waiver has expired",
    explain:
      "A waiver is a commitment to fix something by a date. After that date it has no effect and fails, until someone removes it or its owner renews it.",
    severity: "fail",
    fix: "fix the problem and remove the waiver, or have its owner renew it",
  },
  used: {
    id: "waiver/used",
    title: "every waiver matches a finding",
    explain:
      "The finding that a waiver is for is gone, or never existed: a waiver with a misspelt path or object matches nothing.",
    severity: "warn",
    fix: "remove it",
  },
} as const satisfies Record<string, RuleFacts>;
