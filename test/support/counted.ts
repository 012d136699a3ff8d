/** Prints what a test that makes its own cases has compared: its name alone does not tell how many there were. */
export function counted(what: string): void {
  process.stdout.write(`counted: ${what}\n`);
}
