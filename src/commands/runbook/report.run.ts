import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import { AppError } from "../../core/error.ts";
import { readJournal } from "../../core/journal.ts";
import type { Outcome } from "../../core/outcome.ts";
import { parseRunbook } from "../../runbooks/format/parse-runbook.ts";
import { reportText } from "../../runbooks/record/report-text.ts";
import { evidenceOf, findRun } from "../../runbooks/record/run-files.ts";
import { reportOf, type RunbookReport } from "../../runbooks/record/run-report.ts";
import { runStores } from "../run-stores.run.ts";
import type { RunbookReportInput } from "./report.ts";

export async function run(input: RunbookReportInput, context: Context): Promise<Outcome<RunbookReport>> {
  const { run: file, source, folder, store } = await findRun(input.run, await runStores(context));
  const lines = await store.journals(`run ${file.run}`).look(file.journal);
  if (lines === undefined) {
    throw new AppError("JOURNAL_BROKEN", `The journal ${file.journal} of the run ${file.run} is missing.`);
  }
  const { entries, head } = await readJournal(lines, file.journal);
  const evidence = await evidenceOf(folder);
  const document = reportOf(file, parseRunbook(source, file.file), entries, head, folder.path, evidence);
  return { exit: exit.ok, document };
}

export function present(report: RunbookReport): string {
  return reportText(report);
}
