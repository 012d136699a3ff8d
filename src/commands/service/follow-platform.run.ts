import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { withDestinations } from "../../scaffold/destinations.ts";
import type { Answers } from "../../scaffold/render.ts";

/**
 * Returns the answers of a service as gennet.yaml wants its Applications now. Other answers stay what its owners made them. They
 * all stay without a gennet.yaml; an invalid one is an error.
 */
export async function followPlatform({ platform, options }: Context, answers: Answers): Promise<Answers> {
  if (answers.gitops_repository === undefined) return answers;
  try {
    return withDestinations(answers, await platform());
  } catch (error) {
    const isAbsent = error instanceof AppError && error.code === "CONFIG_NOT_FOUND" && options.config === undefined;
    if (isAbsent) return answers;
    throw error;
  }
}
