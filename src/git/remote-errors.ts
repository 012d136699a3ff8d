import { AppError } from "../core/error.ts";
import { textRedactor } from "../core/redact-text.ts";
import { shell } from "../core/shell-words.ts";
import type { RemoteBranch } from "./remote-port.ts";

const redacted = textRedactor([]);
/** What git, ssh and curl print when the other side does not answer. */
const unanswered =
  /could not resolve host|name or service not known|connection (?:timed out|refused|reset)|network is unreachable|failed to connect|couldn't connect|operation timed out|the requested URL returned error: (?:429|5\d\d)|early EOF|remote end hung up unexpectedly/i;
const denied =
  /authentication failed|could not read (?:username|password)|permission denied|terminal prompts disabled|the requested URL returned error: 4(?!29)\d\d|host key verification failed|access denied|not found|does not appear to be a git repository|could not read from remote repository|does not exist/i;
/** What a push prints that only another commit caused. Source: git-push(1), "rejected". */
const outrun =
  /\((?:fetch first|non-fast-forward|stale info)\)|cannot lock ref|failed to update ref|incorrect old value|reference already exists/i;

/** Returns whether a push was rejected because the branch has moved. */
export function wasOutrun(said: string): boolean {
  return outrun.test(said);
}

/** Returns what a remote repository's answer means; undefined if it is neither absence nor refusal. */
export function remoteError(repository: string, said: string, cause?: unknown): AppError | undefined {
  const shown = redacted(repository);
  const why = reasonIn(said);
  const trying = shell`git ls-remote ${shown}`;
  if (denied.test(said) && !/error: 5\d\d/.test(said)) {
    return new AppError("GIT_REMOTE_DENIED", `The Git repository ${shown} cannot be read: ${why}`, {
      next: [`${trying}  # must work without asking for a password`, "gennet explain GIT_REMOTE_DENIED"],
      cause: cause ?? said,
    });
  }
  if (!unanswered.test(said)) return undefined;
  return new AppError("GIT_REMOTE_UNREACHABLE", `The Git repository ${shown} does not answer: ${why}`, {
    next: [`${trying}  # shows whether it answers`],
    cause: cause ?? said,
  });
}

/** Describes a push that the repository refused. */
export function pushRefused({ repository, branch }: RemoteBranch, said: string): AppError {
  const shown = redacted(repository);
  return new AppError("GIT_PUSH_REFUSED", `${shown} refused the commit to ${branch}: ${reasonIn(said)}`, {
    next: [
      `Allow this user to push to ${branch}, or name a branch without such a rule as gitops.branch in gennet.yaml.`,
      "gennet explain GIT_PUSH_REFUSED",
    ],
    cause: said,
  });
}

/** Returns the line with the reason, without passwords: what a hook of the server printed, or git's own error. */
function reasonIn(said: string): string {
  const lines = said.trim().split("\n");
  const hook = lines.find((line) => /^remote: (?:error: )?\S/.test(line));
  const own = lines.find((line) => /^(fatal|error|ERROR|ssh):|^!.*rejected/.test(line));
  const line = hook?.replace(/^remote: (?:error: )?/, "") ?? own?.replace(/^(?:fatal|error): /, "") ?? lines[0] ?? "";
  return redacted(line.trim());
}
