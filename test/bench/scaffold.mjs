import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { sideBySide, tableOf } from "./side-by-side.mjs";

/**
 * `node test/bench/scaffold.mjs`: a new service beside `copier copy` of a template with as many files (BENCH_COPIER
 * names copier's program, and without it there is nothing beside), and the update of a service with 200 files.
 */
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
const folder = mkdtempSync(join(tmpdir(), "gennet-bench-"));
const launcher = resolve("bin/gennet");
// Each round writes into a folder that does not exist yet, which a shell makes: `sideBySide` runs the same words again.
const inShell = (script, ...args) => ({ command: "sh", args: ["-c", script, "sh", ...args] });
const services = {
  "A new service": [],
  "A new service with everything": [
    "--features",
    "postgres,redis,neo4j",
    "--depends-on",
    "payments",
    "--called-by",
    "web",
  ],
};
const inFolder = `cd "${folder}" && rm -rf "$1" && shift && exec "$@"`;
const copier = process.env["BENCH_COPIER"];

try {
  let base;
  for (const [title, flags] of Object.entries(services)) {
    const words = ["new", "service", "orders", "--domain", "shop", "--owner", "team-shop", ...flags];
    const gennet = inShell(inFolder, "orders", process.execPath, launcher, ...words);
    spawnSync(gennet.command, gennet.args);
    base = JSON.parse(readFileSync(join(folder, "orders/.gennet/base.json"), "utf8"));
    const subjects = { "gennet new service": gennet };
    if (copier !== undefined) subjects["copier copy"] = copierOf(base, join(folder, `template-${flags.length}`));
    print(tableOf(`${title}: ${Object.keys(base.files).length} files`, sideBySide(subjects, rounds)));
  }

  const update = join(folder, "update");
  makeOlder(update, base);
  const reset = `cd "${update}" && git reset --quiet --hard && git clean --quiet -fd && exec "$@"`;
  print(
    tableOf("The update of a service with 200 files", {
      ...sideBySide({ "git reset && git clean": inShell(reset, "true") }, rounds),
      ...sideBySide(
        {
          "git reset && git clean && gennet service update": inShell(
            reset,
            process.execPath,
            launcher,
            "service",
            "update",
          ),
        },
        rounds,
      ),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Copier with the same files as its template, their name a tag again; what looks like a tag of Jinja is left out. */
function copierOf(base, template) {
  for (const [path, { lines }] of Object.entries(base.files)) {
    const text = lines
      .join("\n")
      .replace(/\{[{%#]/g, "")
      .replaceAll("orders", "{{ name }}");
    write(join(template, `${path.replaceAll("orders", "{{ name }}")}.jinja`), text);
  }
  write(join(template, "copier.yml"), "name: {type: str}\n");
  write(join(template, "{{ _copier_conf.answers_file }}.jinja"), "{{ _copier_answers|to_nice_yaml }}");
  const words = ["copy", "--quiet", "--defaults", "--data", "name=orders", template, "copied"];
  return inShell(inFolder, "copied", copier, ...words);
}

/** A service as an older template made it, with its own files up to 200; every third line of the template's is new. */
function makeOlder(update, base) {
  const older = { ...base, version: "0.0.1", files: {} };
  for (const [path, file] of Object.entries(base.files)) {
    const lines = file.lines.filter((_line, at) => at % 30 !== 29 || at > file.lines.length - 3);
    older.files[path] = { ...file, lines };
    write(join(update, path), `${lines.join("\n")}`);
  }
  const more = 200 - Object.keys(base.files).length;
  for (let at = 0; at < more; at++) {
    const text = `${Array.from({ length: 80 }, (_, line) => `line_${at}_${line} = ${line}`).join("\n")}\n`;
    // Half of them come from the template, too.
    if (at % 2 === 0) older.files[`src/more/file_${at}.py`] = { lines: text.split("\n") };
    write(join(update, `src/more/file_${at}.py`), text);
  }
  const answers = readFileSync(join(folder, "orders/.gennet/answers.yaml"), "utf8");
  write(join(update, ".gennet/answers.yaml"), answers.replace(/^version: .*$/m, "version: 0.0.1"));
  write(join(update, ".gennet/base.json"), JSON.stringify(older, null, 1));
  for (const words of [
    ["init", "--quiet"],
    ["add", "--all"],
    ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", "older"],
  ]) {
    spawnSync("git", words, { cwd: update, stdio: "inherit" });
  }
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function print(text) {
  process.stdout.write(`${text}\n\n`);
}
