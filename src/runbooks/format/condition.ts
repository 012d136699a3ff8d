const operators = ["==", "!=", "<=", ">=", "<", ">", "~", "!~", "contains"] as const;
const alone = ["exists", "absent"] as const;
type Operator = (typeof operators)[number] | (typeof alone)[number];

/** `exit == 0`, `/items/0/status/phase != Running`, `text ~ ^ready`, `pod exists`. */
export interface StepCondition {
  /** A JSON pointer into the output, `exit`, `text`, or the name of a value. */
  readonly left: string;
  readonly operator: Operator;
  readonly right: string;
}

export class ConditionProblem extends Error {}

const shape = /^(\S+)\s+(==|!=|<=|>=|<|>|~|!~|contains|exists|absent)(?:\s+([\s\S]*))?$/;

/** Throws ConditionProblem. */
export function parseCondition(text: string): StepCondition {
  const [, left, operator, right = ""] = shape.exec(text.trim()) ?? [];
  if (left === undefined) {
    throw new ConditionProblem(
      `"${text}" is not a condition such as "exit == 0", "/status/phase == Running" or "pod exists"`,
    );
  }
  const isAlone = (alone as readonly string[]).includes(operator ?? "");
  if (isAlone !== (right === "")) {
    throw new ConditionProblem(isAlone ? `"${operator}" takes no value` : `"${operator}" needs a value`);
  }
  if (operator?.endsWith("~") === true) assertPattern(right);
  return { left, operator: operator as Operator, right };
}

export function conditionText({ left, operator, right }: StepCondition): string {
  return right === "" ? `${left} ${operator}` : `${left} ${operator} ${right}`;
}

/**
 * Returns whether a condition holds for what its left side stands for; undefined means that there is no such thing. The
 * white space around a text is not compared: almost every output ends with a line break.
 */
export function holds({ left, operator, right }: StepCondition, found: unknown): boolean {
  const actual = left === "text" && typeof found === "string" ? found.trim() : found;
  if (operator === "exists") return actual !== undefined && actual !== null;
  if (operator === "absent") return actual === undefined || actual === null;
  if (operator === "!=") return scalar(actual) !== right;
  if (operator === "!~") return actual === undefined || !pattern(right).test(scalar(actual));
  if (actual === undefined) return false;
  if (operator === "==") return scalar(actual) === right;
  if (operator === "~") return pattern(right).test(scalar(actual));
  if (operator === "contains") {
    return Array.isArray(actual) ? actual.some((each) => scalar(each) === right) : scalar(actual).includes(right);
  }
  return compare(numberOf(scalar(actual)), operator, numberOf(right));
}

/** NaN compares as false: what is no number is neither more nor less. */
function compare(one: number, operator: "<" | "<=" | ">" | ">=", other: number): boolean {
  if (operator === "<") return one < other;
  if (operator === "<=") return one <= other;
  return operator === ">" ? one > other : one >= other;
}

/** Blank text is no number, although JavaScript reads it as 0. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function scalar(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function pattern(text: string): RegExp {
  return new RegExp(text, "mu");
}

function assertPattern(text: string): void {
  try {
    pattern(text);
  } catch (error) {
    throw new ConditionProblem(error instanceof Error ? error.message : String(error));
  }
}
