import type { RuleFacts } from "./rule.ts";

/** What is said of waivers. None of it can be waived. */
export const waiverFacts = {
  complete: {
    id: "waiver/complete",
    title: "waivers say who, why and until when",
    explain:
      "A waiver names a rule's id, an owner, a reason, and the last day it holds (expires, YYYY-MM-DD). One that lacks any of these is without effect and fails. In a manifest: a comment `# gennet-waive: ID owner=TEAM expires=2027-01-31 reason=…` in the object's document, or the same text after gennet/waive in its annotations. Else in .gennet/lint.yaml of PATH or of a folder above it, under waivers: id, owner, reason, expires, and path (a file or folder) or object (`deployment shop/orders`).",
    severity: "fail",
    fix: "add what is missing",
  },
  expired: {
    id: "waiver/expired",
    title: "no waiver has expired",
    explain:
      "A waiver is a promise to fix something by a day. After that day it is without effect, and is a failure itself until it is taken out or renewed by its owner.",
    severity: "fail",
    fix: "fix what it waives and take it out, or have its owner renew it",
  },
  used: {
    id: "waiver/used",
    title: "every waiver is for something",
    explain: "What a waiver is for is gone, or never was there: a misspelt path or object waives nothing.",
    severity: "warn",
    fix: "take it out",
  },
} as const satisfies Record<string, RuleFacts>;
