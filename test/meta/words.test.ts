import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "../support/cli.ts";
import { sourceFolders, sourcesIn } from "../support/sources.ts";

/** Phrases that make a native reader stumble, with what to write instead. A review that finds another one adds it. */
const phrases: readonly (readonly [phrase: RegExp, instead: string])[] = [
  // The user of that name is in quotes, or is the identity of a process.
  [/(?<!["'`.]|\bas |\bis |const |as)\bnobody\b(?!["'-])/i, "no one, or the thing that is missing"],
  [/\b(somebody|whoever)\b/i, "the name of the thing, or another process, another user"],
  [/\ban?( [\w-]+){1,2} of (its|their|our|your) own\b/i, "its own …"],
  [/\banew\b/, "again"],
  [/\bonce more\b/, "again"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\b(goes|go|went) on\b/, "continues, resumes"],
  [/\bt(aken?|ook|akes|aking) back\b/, "undone, rolled back, withdrawn"],
  [/\b(the|its) way back\b/, "roll-back"],
  [/\b(is|are|was|were|all) (not )?well\b(?!-)/, "healthy, unhealthy"],
  [/\bstands? (in(?! for)|below)\b/, "is in, is below"],
  [/\bleft out by\b/, "skipped by"],
  [/\bwill not do\b/, "is invalid"],
  [/\bcomes? to (its|an) end\b/, "finishes"],
  [/\b(go|goes|going) along\b/, "moves with, follows"],
  [/\bas ever\b/, "as usual"],
  [/\bin passing\b/, "briefly, temporarily"],
  [/\bkept up\b/, "maintained"],
  [/\bthe business of\b/, "is covered by"],
  [/\bhand(s|ed) on\b/, "passes on, propagates"],
  [/\bstrand(s|ed|ing)\b/i, "gets stuck"],
  [/\bnamesakes?\b/i, "one of the same name"],
  [/\bof (our|your) own\b/, "our own …, your own …"],
  [/\bwithout a word\b/, "silently"],
  [/\bwould else\b/, "would otherwise"],
  [/\bin step with\b/, "up to date with, in sync with"],
  [/\b(get|gets|got) along\b/, "works"],
  [/\bbelongs? into\b/, "belongs in"],
  [/\b(ask|asks|asked) for patience\b/, "asks to retry later"],
  [/\bshut out\b/, "denied"],
  [/\bspeaks? of\b/, "mentions, documents, reports"],
  [/\bspoken to\b/, "called, reached"],
  [/\bpass(es|ed)? over\b/, "skips"],
  [/\bas often as counts\b/, "often enough"],
  [/\bworth a word\b/, "is reported"],
  [/\bfell silent\b/, "sent nothing"],
  [/\bfor want of\b/, "without, for lack of"],
  [/\blook(s|ed|ing)? after\b/, "manages"],
  [/\bthe value before\b/, "the previous value"],
  [/\bunrecogni[sz]able\b/, "transformed"],
  [/\bnot followed yet\b/, "out of date"],
];

/** Texts of an attacker, and a service made by an older template. */
const exempt = /^test\/(fixtures|meta\/words)|report-hostile|core\/visible\.test|terminal\.test|trial-commands/;

const texts = [
  ...[...sourceFolders, "test", "build"].flatMap((folder) => sourcesIn(folder, ".ts", ".mjs")),
  ...sourcesIn("docs", ".md"),
  ...sourcesIn("templates", ".md", ".py", ".yaml", ".toml", "Dockerfile"),
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "service-kit/README.md", "service-kit/CHANGELOG.md"].map(
    (path) => ({ path, text: readFileSync(join(repository, path), "utf8") }),
  ),
].filter(({ path }) => !exempt.test(path));

it.each(phrases)("%s is not written: %s", (phrase) => {
  const found = texts.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, at) => (phrase.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
