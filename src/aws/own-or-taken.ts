import { AppError } from "../core/error.ts";
import { hasTags } from "../core/has-tags.ts";
import type { Tags } from "./tags.ts";

/**
 * Makes a create call of a resource with a unique name. A retry of a call whose response was lost finds its own result:
 * if the name is taken (`taken` matches the error's name) by a resource with all of these tags, the call succeeded.
 */
export async function ownOrTaken(
  create: () => Promise<unknown>,
  taken: RegExp,
  tags: Tags,
  find: () => Promise<{ readonly tags: Tags } | undefined>,
): Promise<void> {
  try {
    await create();
  } catch (error) {
    const cause = error instanceof AppError ? error.cause : undefined;
    if (!(cause instanceof Error) || !taken.test(cause.name)) throw error;
    const found = await find();
    if (found === undefined || !hasTags(found.tags, tags)) throw error;
  }
}
