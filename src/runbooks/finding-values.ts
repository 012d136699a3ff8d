import { createHash } from "node:crypto";
import { matches } from "../core/check.ts";
import type { Finding } from "../core/finding.ts";
import { pointedAt } from "./format/json-pointer.ts";
import type { RunbookInput } from "./format/runbook.ts";
import type { RunbookEntry } from "./find-runbooks.ts";

/** Returns the name of one finding among those of its check: `breakers/ejected:3fa9c1`. It is stable between runs. */
export function findingName({ id, region = "", subject }: Pick<Finding, "id" | "region" | "subject">): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([region, subject]))
    .digest("hex");
  return `${id}:${hash.slice(0, 6)}`;
}

/** Returns the runbook that answers a check best: by its id, then by a glob, then by its area. */
export function runbookFor<R extends Pick<RunbookEntry, "findings">>(
  check: string,
  runbooks: readonly R[],
): R | undefined {
  const exact = runbooks.find(({ findings }) => findings.includes(check));
  return exact ?? runbooks.find(({ findings }) => matches(findings, check));
}

/** Returns the values that a finding has for inputs, by input. */
export function valuesOf(
  finding: Finding,
  inputs: Readonly<Record<string, RunbookInput>>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, { from }] of Object.entries(inputs)) {
    const value =
      from === undefined ? undefined : from.startsWith("/") ? pointedAt(finding, from) : subjectOf(finding)[from];
    if (typeof value === "string" || typeof value === "number") values.set(name, String(value));
  }
  return values;
}

/** `deployment shop/orders` has a kind, a namespace and a name; `node n1` has no namespace. */
function subjectOf({ subject, about = [] }: Finding): Readonly<Record<string, string | undefined>> {
  const named = [subject, ...about].find((text) => /^[A-Za-z]+ \S+$/.test(text)) ?? subject;
  const [, kind, namespace, name] = /^([A-Za-z]+) (?:([a-z0-9.-]+)\/)?(\S+)$/.exec(named) ?? [];
  return { kind: kind?.toLowerCase(), namespace, name };
}
