import * as z from "zod";

export function isBetween(least: number, value: number, most: number): boolean {
  return least <= value && value <= most;
}

export const arnOf = (service: string, what: string): z.ZodString =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:.+$`), `the ARN of ${what}`);

/** What happens when a version's standard support ends: a forced upgrade, or extended support, which costs more. */
export const supportSchema = z.enum(["standard", "extended"]).default("extended");
