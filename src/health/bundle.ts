import { AppError } from "../core/error.ts";
import { apiVersion } from "../core/outcome.ts";
import type { RecordedCall } from "../core/recording.ts";
import { fromJson, toJson } from "../core/tagged-json.ts";
import type { Place } from "../platform/place.ts";
import type { Platform } from "../platform/schema.ts";
import { redacted } from "../core/redact.ts";

/** Everything that was read from some places, so that the same checks can run again without access to them. */
export interface Bundle {
  /** What gennet.yaml says, which decides what checks expect; absent if only contexts were checked. */
  readonly platform?: Platform;
  /** Milliseconds since the epoch: the time that checks use to calculate ages. */
  readonly now: number;
  /** The only namespace that was checked; absent for all. */
  readonly namespace?: string;
  readonly places: readonly Place[];
  readonly calls: readonly RecordedCall[];
}

/** Raised when an older or newer gennet would read a bundle wrongly: without `platform`, what is missing was skipped. */
const format = 2;

/** Returns a bundle as text: one line of JSON about it, then one line for each call, without secrets. */
export function bundleText({ calls, ...about }: Bundle): string {
  const head = { apiVersion, kind: "Bundle", format, ...about };
  return [head, ...calls].map((line) => `${toJson(redacted(line))}\n`).join("");
}

/** Parses the text of a bundle; `shownAs` is the file's name in messages. Throws BUNDLE_INVALID. */
export function parseBundle(text: string, shownAs: string): Bundle {
  const [first = "", ...lines] = text.split("\n").filter((line) => line !== "");
  try {
    const head = fromJson(first) as Bundle & Readonly<Partial<Record<"apiVersion" | "kind" | "format", unknown>>>;
    if (head.apiVersion !== apiVersion || head.kind !== "Bundle")
      throw new Error("its first line is not that of a bundle");
    if (head.format !== format) {
      throw new Error(
        `it has format ${JSON.stringify(head.format ?? 1)}, and this version of gennet reads format ${format}`,
      );
    }
    const { platform, now, namespace, places } = head;
    return {
      ...(platform === undefined ? {} : { platform }),
      ...(namespace === undefined ? {} : { namespace }),
      now,
      places,
      calls: lines.map((line) => fromJson(line) as RecordedCall),
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("BUNDLE_INVALID", `${shownAs} is not a bundle: ${problem}.`, {
      next: ["gennet status --bundle FILE  # writes one"],
      cause: error,
    });
  }
}
