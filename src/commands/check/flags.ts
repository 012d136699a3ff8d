import { flag } from "../../core/command.ts";

/** Flags of every command that runs checks in regions. */
export const checkFlags = {
  only: flag.list("ID", "run only these checks: an id, an area (cluster), or a glob (cluster/*)"),
  skip: flag.list("ID", "skip these checks"),
  strict: flag.switch("exit with 9 if there are warnings"),
  wait: flag.switch("poll until healthy, for at most --timeout (default 5m)"),
  bundle: flag.text("FILE", "also keep everything that was read, without secrets, for --from"),
  from: flag.text("FILE", "run the checks on a bundle instead of the regions"),
  report: flag.list(
    "FMT=PATH",
    "also write the findings as json, junit, github or markdown; PATH - is standard output (github only)",
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
  readonly probe?: boolean | undefined;
}
