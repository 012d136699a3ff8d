/** Folders that hold none of a repository's own files: histories, packages, and a template's pristine render. */
export const foreignFolders: ReadonlySet<string> = new Set([".git", "node_modules", ".gennet", ".venv", ".terraform"]);
