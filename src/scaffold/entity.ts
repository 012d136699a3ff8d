import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import { keywordProblem } from "./python-package.ts";

/** What a service is about, as templates see it: the word of the sample that it begins with. */
export interface Entity {
  /** As it is written in a sentence: `parcel item`. */
  readonly name: string;
  readonly plural: string;
  /** The name with its article: `an order`. */
  readonly one: string;
  /** What a variable is called, and what the names of columns and arguments begin with: `parcel_item`. */
  readonly module: string;
  /** The Python package, the table and the word in the names of collections: `parcel_items`. */
  readonly modules: string;
  /** What its Python classes begin with: `ParcelItem`. */
  readonly type: string;
  readonly types: string;
  /** In URLs: `parcel-items`. */
  readonly path: string;
}

/** The answer of services that are older than the question. */
export const firstEntity = "item";

const words = /^[a-z]+([_-][a-z]+)*$/;
/** So that no line of the sample becomes too long, and no name longer than PostgreSQL takes. */
const longest = 16;

/** As it is spoken: an hour, but a unit. */
const beginsWithVowel = /^([aio]|e(?!u)|u(?![^aeiou][aeiou])|hour|honou?r)/;

/** Words that the sample uses for something else: its modules, what they import, and what Python has built in. */
const used = new Set(
  // Python's own, as variables.
  (
    "all any bool bytes dict enum filter float hash help id input int iter len list map max min next object open " +
    "print property range set slice sorted str sum super tuple type vars zip self cls " +
    // Classes and modules that the sample imports.
    "annotated application base body cache catalog client clock column component conflict cursor database " +
    "datetime depend field graph header health idempotency key identity_key json limit log main metric migrate " +
    "migration model name new number page part path pool problem query record relation request response result " +
    "route router row service session setting state status store stored string table test text time " +
    "transaction uuid value version"
  ).split(" "),
);

/** Reads an answer: a singular noun, with its plural behind a colon where that is not made by the usual rules. */
export function entityOf(answer: string): Entity {
  const [singular = "", given] = answer.split(":");
  const [one, many] = [singular, given ?? pluralOf(singular)].map((word) => word.split(/[_-]/)) as [string[], string[]];
  return {
    name: one.join(" "),
    plural: many.join(" "),
    one: `${beginsWithVowel.test(singular) ? "an" : "a"} ${one.join(" ")}`,
    module: one.join("_"),
    modules: many.join("_"),
    type: one.map(capital).join(""),
    types: many.map(capital).join(""),
    path: many.join("-"),
  };
}

/** What is wrong with an answer for a service, or undefined. */
export function entityProblem(answer: string): string | undefined {
  const [singular = "", plural, ...more] = answer.split(":");
  if (more.length > 0 || ![singular, plural ?? singular].every((word) => words.test(word))) {
    return "it must be a noun in the singular: lower-case letters, with _ or - between words, such as parcel or line-item; its plural may follow a colon, as in person:people";
  }
  const { module, modules } = entityOf(answer);
  if ([module, modules].some((word) => word.length > longest || word.length < 2)) {
    return `it must have 2 to ${longest} letters, in the plural as well`;
  }
  if (module === modules) return "its plural must be another word than its singular";
  const reason = keywordProblem(module) ?? keywordProblem(modules);
  if (reason !== undefined) return `"${module}" or "${modules}" ${reason}`;
  const clash = [module, modules].find((word) => used.has(word) || used.has(singularOf(word)));
  return clash === undefined ? undefined : `the service's code uses "${clash}" for something else`;
}

/** Throws SCAFFOLD_ENTITY_INVALID; `named` is how the answer was given. */
export function checkEntity(named: string, answer: string): void {
  const problem = entityProblem(answer);
  if (problem === undefined) return;
  throw new AppError("SCAFFOLD_ENTITY_INVALID", `${named}: ${JSON.stringify(answer)} is invalid: ${problem}.`, {
    next: [shell`gennet new service NAME --entity parcel  # one that works`],
  });
}

/** The entity that a service's name suggests: `orders` and `order-intake` are about an order. */
export function entityFromName(service: string): string {
  const [first = ""] = service.split("-");
  const singular = singularOf(first);
  return entityProblem(singular) === undefined ? singular : firstEntity;
}

/** The plural of an English noun by its ending. */
function pluralOf(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return noun.replace(/y$/, "ies");
  return /(s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

function singularOf(noun: string): string {
  if (/[^aeiou]ies$/.test(noun) && noun.length > 4) return noun.replace(/ies$/, "y");
  if (/(ss|x|ch|sh)es$/.test(noun)) return noun.replace(/es$/, "");
  return /[^isu]s$/.test(noun) ? noun.replace(/s$/, "") : noun;
}

function capital(word: string): string {
  return (word[0] ?? "").toUpperCase() + word.slice(1);
}
