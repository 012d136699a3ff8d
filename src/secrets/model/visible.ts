import type { SecretValue } from "../../core/secret-value.ts";

/** Whether all the values are somewhere in the texts, as they are or as templates usually write them. */
export function visibleIn(texts: readonly string[], values: readonly SecretValue[]): boolean {
  return values.every((value) => formsOf(value).some((form) => texts.some((text) => text.includes(form))));
}

/** The texts without the values. */
export function maskedBy(values: readonly SecretValue[], texts: readonly string[]): readonly string[] {
  const forms = values.flatMap(formsOf).filter((form) => form !== "");
  return texts.map((text) => forms.reduce((rest, form) => rest.replaceAll(form, "\u0000"), text));
}

function formsOf(value: SecretValue): readonly string[] {
  const plain = value.reveal();
  const base64 = value.revealBytes().toString("base64");
  return [plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1), base64];
}
