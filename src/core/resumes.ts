/** Returns a command with the comment that it continues what is unfinished. */
export function resumes(command: string): string {
  return `${command}  # resumes from here`;
}
