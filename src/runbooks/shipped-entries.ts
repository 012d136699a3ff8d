import { join } from "node:path";
import { type RunbookEntry, type RunbookFacts, runbookFiles, shippedFolder } from "./runbook-files.ts";
import { readEntry } from "./read-entry.ts";

const folder = await shippedFolder();
const files = await runbookFiles(folder);

/**
 * The runbooks that come with gennet. build/bundle.mjs evaluates this module, so that the bundle contains plain data: a
 * finding names its runbook without a parser.
 */
export const shippedEntries: readonly (RunbookFacts & Pick<RunbookEntry, "file">)[] = await Promise.all(
  files.map(async (file) => ({ ...(await readEntry({ path: join(folder, file), file })), file })),
);
