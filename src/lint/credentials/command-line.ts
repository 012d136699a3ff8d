import { posix } from "node:path";
import { type FoundCredential, inForm, inAssignments, named, unquoted } from "./assignments.ts";
import { nameKind } from "./names.ts";
import { credentialIn } from "./values.ts";

/** Programs with a short option for a password. If the option ends in `=`, the password is attached (`-pPASSWORD`). */
const shortOptions: Readonly<Record<string, readonly string[]>> = {
  mysql: ["-p="],
  mysqladmin: ["-p="],
  mysqldump: ["-p="],
  mariadb: ["-p="],
  "mariadb-admin": ["-p="],
  "mariadb-dump": ["-p="],
  mongo: ["-p"],
  mongosh: ["-p"],
  mongodump: ["-p"],
  mongorestore: ["-p"],
  "cypher-shell": ["-p"],
  sshpass: ["-p", "-p="],
  docker: ["-p"],
  helm: ["-p"],
  sqlcmd: ["-P"],
  mosquitto_pub: ["-P"],
  mosquitto_sub: ["-P"],
  ldapsearch: ["-w"],
  ldapadd: ["-w"],
  ldapmodify: ["-w"],
  "redis-cli": ["-a"],
  "valkey-cli": ["-a"],
};
/** Commands that take a password as a plain argument. */
const bare = new Set(["set-initial-password", "set-password", "requirepass"]);

/** Returns the credentials in the words of a command, including a shell script among them. */
export function inCommand(words: readonly string[], names: ReadonlySet<string>): FoundCredential[] {
  const parts = words.flatMap((word) =>
    /\s/.test(word.trim()) && !/^<[^<>]*>$/.test(word) ? splitWords(word) : [word],
  );
  let program = "";
  let hasUser = false;
  for (const [index, part] of parts.entries()) {
    const [after = "", before = ""] = [parts[index + 1], parts[index - 1]];
    const next = unquoted(after);
    const base = posix.basename(part);
    if (!part.startsWith("-") && (base in shortOptions || base === "curl" || base === "wget")) program = base;
    hasUser ||= /^(-u|-U|--?user(name)?)(=|$)/.test(part);
    const found =
      inOption(part, next, program, hasUser, names) ??
      (bare.has(before) ? credentialIn("password", part, names) : undefined);
    if (found !== undefined)
      return [
        named(
          found,
          part.startsWith("-") ? (part.split("=")[0] ?? part).slice(0, 40).replace(/^(-[pPwa]).*/, "$1") : before,
        ),
      ];
  }
  return words.flatMap((word) => [...inForm(word), ...inAssignments(word, names)]).slice(0, 1);
}

function inOption(
  part: string,
  next: string,
  program: string,
  hasUser: boolean,
  names: ReadonlySet<string>,
): ReturnType<typeof credentialIn> {
  const option = /^--?([A-Za-z][\w.-]+)$/.exec(part)?.[1];
  if (option !== undefined && nameKind(option) !== undefined && !next.startsWith("-"))
    return credentialIn(option, next, names);
  if ((program === "curl" && part === "-u") || part === "--user" || part === "--proxy-user") {
    const password = /^[^:]+:(.+)$/.exec(next)?.[1];
    return password === undefined ? undefined : credentialIn("password", password, names);
  }
  for (const short of shortOptions[program] ?? []) {
    if (short === part && !next.startsWith("-")) return credentialIn("password", next, names);
    const attached = short.slice(0, -1);
    if (short.endsWith("=") && part.startsWith(attached) && part.length > attached.length) {
      return credentialIn("password", unquoted(part.slice(attached.length)), names);
    }
  }
  const isAlone = program === "" && hasUser && part === "-p" && !/^\d+$/.test(next);
  return isAlone ? credentialIn("password", next, names) : undefined;
}

/** Splits a script into words, keeping quotes. Other shell syntax does not matter here. */
function splitWords(script: string): string[] {
  return script.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\$\([^)]*\)|\\.|[^\s"'\\;|&])+/g) ?? [];
}
