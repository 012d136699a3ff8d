import type { ErrorCode } from "../core/error-codes.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { shell } from "../core/shell-words.ts";
import type { RegionPlan } from "./region-plan.ts";

/** A region with one of these errors is another place than gennet.yaml says. */
const misplaced: readonly ErrorCode[] = ["AWS_ACCOUNT_MISMATCH", "KUBE_CONTEXT_MISMATCH"];

/**
 * Throws if a region of a plan turned out to be another place than gennet.yaml says. The same mistake may be in other
 * regions, so nothing is changed until gennet.yaml is right, or the other regions are named.
 */
export function assertOwnPlaces({ findings, regions }: Pick<RegionPlan, "findings" | "regions">): void {
  const wrong = findings.flatMap((finding) => {
    const code = misplacedBy(finding);
    return code === undefined ? [] : [{ ...finding, code }];
  });
  const [first] = wrong;
  if (first === undefined) return;
  const lines = wrong.map(({ region, summary }) => `${region}: ${summary}`);
  const others = regions.map(({ name }) => shell`gennet region bootstrap ${name}`);
  throw new AppError(first.code, `No changes made. ${lines.join("\n")}`, {
    next: [...new Set([...wrong.flatMap(({ fix }) => fix ?? []), ...others])],
  });
}

function misplacedBy({ evidence }: Finding): ErrorCode | undefined {
  return misplaced.find((code) => code === evidence?.["code"]);
}
