import { flag } from "../../core/command.ts";

/** What every command takes that asks checks about regions. */
export const checkFlags = {
  only: flag.list("ID", "only these checks: an id, an area (cluster), or a glob (cluster/*)"),
  skip: flag.list("ID", "all checks but these"),
  strict: flag.switch("exit 9 where there are warnings"),
  wait: flag.switch("poll until healthy, at most for --timeout (5m unless given)"),
  bundle: flag.text("FILE", "also keep everything that was read, without secrets, for --from"),
  from: flag.text("FILE", "run the checks on a bundle instead of the regions"),
  report: flag.list(
    "FMT=PATH",
    "also write the findings as json, junit, github or markdown; - is standard output, for github",
  ),
};

export interface CheckInput {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly strict: boolean;
  readonly wait: boolean;
  readonly report: readonly string[];
  readonly bundle?: string | undefined;
  readonly from?: string | undefined;
}
