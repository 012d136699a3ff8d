import { join } from "node:path";
import { repository, run } from "./cli.ts";
import { keepsBytecode, pythonTools } from "./uv.ts";

/** An answer of an operation, with the members that AWS's model has. */
export interface Answer {
  readonly service: string;
  readonly operation: string;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** The bytes that AWS sends for an answer. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The members of the answer that AWS's model does not have. */
  readonly unknown: readonly string[];
}

/** Serialises answers in the protocols of their services. Returns why an answer does not fit AWS's model. */
export async function onTheWire(answers: readonly Answer[]): Promise<readonly (WireAnswer | string)[]> {
  const python = join(await pythonTools(), "python");
  const script = join(repository, "test/support/aws-wire/serialize.py");
  const ended = await run(python, [script], { input: JSON.stringify(answers), env: keepsBytecode });
  if (ended.exit !== 0) throw new Error(ended.stderr);
  const made = JSON.parse(ended.stdout) as readonly (Omit<WireAnswer, "body"> & { body: string; problem?: string })[];
  return made.map(({ problem, body, ...wire }) => problem ?? { ...wire, body: Buffer.from(body, "base64") });
}
