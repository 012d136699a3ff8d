import type { SecretValue } from "../../core/secret-value.ts";

/** Returns whether all the values occur in the texts, unchanged or as templates usually write them. */
export function allVisibleIn(texts: readonly string[], values: readonly SecretValue[]): boolean {
  return values.every((value) => formsOf(value).some((form) => texts.some((text) => text.includes(form))));
}

/** Returns the texts without the values. */
export function maskedBy(values: readonly SecretValue[], texts: readonly string[]): readonly string[] {
  const forms = values.flatMap(formsOf).filter((form) => form !== "");
  return texts.map((text) => forms.reduce((rest, form) => rest.replaceAll(form, "\u0000"), text));
}

function formsOf(value: SecretValue): readonly string[] {
  const plain = value.reveal();
  const base64 = value.revealBytes().toString("base64");
  const component = encodeURIComponent(plain);
  // As Go escapes them for queries, and as it writes JSON.
  const query = component.replace(/[!'()*]/g, (each) => `%${hex(each).toUpperCase()}`);
  const json = JSON.stringify(plain).slice(1, -1);
  const goJson = json.replace(/[<>&]/g, (each) => `\\u00${hex(each)}`);
  return [plain, component, query, query.replaceAll("%20", "+"), json, goJson, base64];
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16);
}
