/** Returns an error message of AWS without what is different in each response, so that equal problems look equal. */
export function withoutRequestId(message: string): string {
  return message.replaceAll(/,?\s*request ?id: [\w-]+/gi, "");
}
