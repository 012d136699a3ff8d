import { createHash } from "node:crypto";
import { matches } from "../core/check.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { shell } from "../core/shell-words.ts";
import { pointedAt } from "./format/json-pointer.ts";
import type { RunbookInput } from "./format/runbook.ts";
import type { RunbookEntry } from "./runbook-files.ts";

/** How many findings an error suggests instead of one that is gone. */
const mostSuggested = 3;

/** Returns the name of one finding among those of its check: `breakers/ejected:3fa9c1`. It is stable between runs. */
export function findingName({ id, region = "", subject }: Pick<Finding, "id" | "region" | "subject">): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([region, subject]))
    .digest("hex");
  return `${id}:${hash.slice(0, 6)}`;
}

/** Returns the check of a finding's name. Throws USAGE_INVALID if it is not such a name. */
export function checkOf(named: string): string {
  const [, check] = /^([a-z0-9-]+\/[a-z0-9-]+):[0-9a-f]{6}$/.exec(named) ?? [];
  if (check !== undefined) return check;
  throw new AppError(
    "USAGE_INVALID",
    `--from-finding: ${JSON.stringify(named)} is not the name of a finding such as breakers/ejected:3fa9c1.`,
    { next: ["gennet status  # shows the runbook of each finding, with its name"] },
  );
}

/** Returns the error about a finding that its check does not report any more, with the ones that it reports now. */
export function findingGone(named: string, runbook: string, current: readonly Finding[]): AppError {
  const check = checkOf(named);
  return new AppError("RUNBOOK_FINDING_GONE", `The check ${check} does not report the finding ${named} any more.`, {
    next: [
      ...current
        .slice(0, mostSuggested)
        .map((finding) => shell`gennet runbook run ${runbook} --from-finding ${findingName(finding)}`),
      shell`gennet status --only ${check}`,
    ],
  });
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

/** Objects whose names come without a namespace in a subject. An Application is in the namespace of Argo CD. */
const withoutNamespace =
  /^(application|applicationset|clustersecretstore|clusterexternalsecret|namespace|node|persistentvolume)$/;
const dnsName = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?";
const object = new RegExp(`^([a-z]+) (?:(${dnsName})/)?(${dnsName})$`);

interface Named {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * `deployment shop/orders` has a kind, a namespace and a name; `node n1` has no namespace. `API server` and `3 pods (…)`
 * are no single object: those have none of the three, unless the finding is about exactly one.
 */
function subjectOf({ subject, about = [] }: Finding): Readonly<Record<string, string | undefined>> {
  const own = objectIn(subject);
  if (own !== undefined) return { ...own };
  const [only, ...others] = about;
  return only === undefined || others.length > 0 ? {} : { ...objectIn(only) };
}

function objectIn(text: string): Named | undefined {
  const [, kind, namespace, name] = object.exec(text) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  return namespace === undefined && !withoutNamespace.test(kind) ? undefined : { kind, namespace, name };
}
