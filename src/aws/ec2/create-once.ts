import type { Clock } from "../../core/clock.ts";
import type { Emit } from "../../core/event.ts";
import { isAmbiguous } from "../errors.ts";

const looks = [500, 1_000, 2_000, 4_000];
const attempts = 3;

/**
 * Makes a create call that takes no idempotency token. If the response is lost, the call may have taken effect, so it
 * is only retried if several lookups do not find the resource: EC2 answers reads from replicas that lag by seconds.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function createOnce(
  create: () => Promise<string>,
  find: () => Promise<string | undefined>,
  { clock, emit }: { readonly clock: Clock; readonly emit: Emit },
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      if (signal.aborted || !isAmbiguous(error) || attempt === attempts) throw error;
      const { $action } = error as { readonly $action?: string };
      emit({
        type: "note",
        level: "debug",
        text: `${$action}: the response was lost; checking whether the call took effect`,
      });
      for (const wait of looks) {
        await clock.sleep(wait, signal);
        const found = await find();
        if (found !== undefined) return found;
      }
    }
  }
}
