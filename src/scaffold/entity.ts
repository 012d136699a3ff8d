import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import { keywordProblem } from "./python-package.ts";

/** The entity of a service, as templates use it. */
export interface Entity {
  /** As written in a sentence: `parcel item`. */
  readonly name: string;
  readonly plural: string;
  /** The name with its article: `an order`. */
  readonly one: string;
  /** The name of variables, and the prefix of columns and arguments: `parcel_item`. */
  readonly module: string;
  /** The name of the Python package and the table, and the word in the names of collections: `parcel_items`. */
  readonly modules: string;
  /** The prefix of its Python classes: `ParcelItem`. */
  readonly type: string;
  readonly types: string;
  /** In URLs: `parcel-items`. */
  readonly path: string;
}

/** The entity of services that are older than the question. */
export const firstEntity = "item";

const words = /^[a-z]+([_-][a-z]+)*$/;
/** Limits the lines of the sample to their maximum length, and names to the maximum of PostgreSQL. */
const longest = 16;

/** By pronunciation: an hour, but a unit. */
const beginsWithVowel = /^([aio]|e(?!u)|u(?![^aeiou][aeiou])|hour|honou?r)/;

/** Words that the sample already uses: its modules, their imports, and Python builtins. */
const used = new Set(
  // Python builtins that a variable would shadow.
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

/** Parses an answer: a singular noun, followed by a colon and its plural if the plural is irregular. */
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

/** Returns what is wrong with an answer for a service, or undefined if it is valid. */
export function entityProblem(answer: string): string | undefined {
  const [singular = "", plural, ...more] = answer.split(":");
  if (more.length > 0 || ![singular, plural ?? singular].every((word) => words.test(word))) {
    return "it must be a singular noun: lower-case letters, with _ or - between words, such as parcel or line-item; its plural may follow a colon, as in person:people";
  }
  const { module, modules } = entityOf(answer);
  if ([module, modules].some((word) => word.length > longest || word.length < 2)) {
    return `it must have 2 to ${longest} letters, and so must its plural`;
  }
  if (module === modules) return "its plural must differ from its singular";
  const reason = keywordProblem(module) ?? keywordProblem(modules);
  if (reason !== undefined) return `"${module}" or "${modules}" ${reason}`;
  const clash = [module, modules].find((word) => used.has(word) || used.has(singularOf(word)));
  return clash === undefined ? undefined : `the service's code already uses "${clash}"`;
}

/** Throws SCAFFOLD_ENTITY_INVALID. `named` is the flag or question that the answer came from. */
export function checkEntity(named: string, answer: string): void {
  const problem = entityProblem(answer);
  if (problem === undefined) return;
  throw new AppError("SCAFFOLD_ENTITY_INVALID", `${named}: ${JSON.stringify(answer)} is invalid: ${problem}.`, {
    next: [shell`gennet new service NAME --entity parcel  # a valid example`],
  });
}

/** Derives the entity from a service's name: `orders` and `order-intake` both give order. */
export function entityFromName(service: string): string {
  const [first = ""] = service.split("-");
  const singular = singularOf(first);
  return entityProblem(singular) === undefined ? singular : firstEntity;
}

/** Returns the plural of an English noun, based on its ending. */
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
