import { stringify } from "yaml";
import { AppError } from "../core/error.ts";
import { keywordProblem, packageOf } from "./python-package.ts";

/** Another service, as templates see it. */
export interface Peer {
  /** A DNS label, used for its Kubernetes Service, namespace and service account. */
  readonly name: string;
  /** The name as a YAML scalar. */
  readonly yaml: string;
  /** The Python module of its client: `order-intake` → `order_intake`. */
  readonly module: string;
  /** The prefix of its Python classes: `order-intake` → `OrderIntake`. */
  readonly type: string;
}

export function peerOf(name: string): Peer {
  const type = name.split("-").map((word) => (word[0] ?? "_").toUpperCase() + word.slice(1));
  return { name, yaml: yamlScalar(name), module: packageOf(name), type: type.join("") };
}

/** Quotes text as YAML if necessary: YAML would not read a service called `y` or an owner `123` as text. */
export function yamlScalar(text: string): string {
  return stringify(text, { version: "1.1" }).trimEnd();
}

/** Throws SCAFFOLD_PEER_INVALID. `named` is the flag or argument that lists the peers of `service`. */
export function checkPeers(service: string, named: string, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const problem = peerProblem(service, name) ?? collision(name, names.slice(0, index));
    if (problem === undefined) continue;
    throw new AppError("SCAFFOLD_PEER_INVALID", `${named}: ${JSON.stringify(name)} is invalid: ${problem}.`, {
      next: ['"payments" is a valid name.'],
    });
  }
}

function peerProblem(service: string, name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    return "it must be a DNS label that begins with a letter: lower-case letters, digits and dashes, at most 63 characters";
  }
  if (name === service) return "a service cannot call itself";
  const reason = keywordProblem(packageOf(name));
  return reason === undefined ? undefined : `its Python module "${packageOf(name)}" ${reason}`;
}

/**
 * Different names can result in the same class: `a1-b` and `a-1-b` both become `A1B`. Different names always have
 * different modules.
 */
function collision(name: string, before: readonly string[]): string | undefined {
  if (before.includes(name)) return "it is named twice";
  const { type } = peerOf(name);
  const other = before.find((each) => peerOf(each).type === type);
  return other === undefined ? undefined : `its Python classes begin with "${type}", like those of "${other}"`;
}
