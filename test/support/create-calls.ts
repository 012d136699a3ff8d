import type { AwsModel } from "./aws-models.ts";
import type { CallContract } from "./example-contract.ts";

/** How a create call that is repeated finds what it created before. */
export interface Recognition {
  readonly by: "token" | "name" | "tags" | "owner";
  /** The members of its input that identify the resource. */
  readonly members: readonly string[];
}

const creates = /^(Create|Allocate|Request|Restore|Copy|Import|Run)/;
const tags = /^(tags|tagSpecifications|tagList)$/i;
const tokens = /^(client(request)?token|idempotencytoken|callerreference)$/i;

/** A call that adapters only let AWS check creates nothing. */
export function isCreate({ call, methods, inputs }: CallContract): boolean {
  return creates.test(call.operation) && (inputs.length > 0 || methods.length === 0);
}

/** Returns the members with which a call can set tags. */
export function tagMembers(model: AwsModel, operation: string): readonly string[] {
  return Object.keys(inputOf(model, operation).members ?? {}).filter((member) => tags.test(member));
}

/**
 * Returns how a repeated call is recognised, from what the adapter sends: by its idempotency token; otherwise by a name
 * that AWS requires and keeps unique; otherwise by the tags of what it creates. What has neither name nor tags is a part
 * of what it belongs to. Undefined if the call sends nothing of this.
 */
export function recognitionOf({ call, inputs }: CallContract, model: AwsModel): Recognition | undefined {
  const sent = (member: string): boolean => inputs.length > 0 && inputs.every((input) => isSet(input[member]));
  const { members = {}, required = [] } = inputOf(model, call.operation);
  const token = Object.keys(members).filter(
    (member) => (members[member]?.idempotencyToken === true || tokens.test(member)) && sent(member),
  );
  if (token.length > 0) return { by: "token", members: token };
  const noun = call.operation.replace(creates, "");
  const names = required.filter((member) => isName(member, noun) && sent(member));
  if (names.length > 0) return { by: "name", members: names };
  const tagged = tagMembers(model, call.operation);
  if (tagged.some(sent)) return { by: "tags", members: tagged.filter(sent) };
  return tagged.length === 0 && required.some(sent) ? { by: "owner", members: required.filter(sent) } : undefined;
}

function isName(member: string, noun: string): boolean {
  // Of several resources with the same role, the role is not the name.
  if (/^rolearn$/i.test(member)) return false;
  if (/^(bucket|name|namespace|prefix|serviceAccount)$|(Name|Identifier|Arn)$/i.test(member)) return true;
  return member.toLowerCase() === `${noun}Id`.toLowerCase();
}

function inputOf(model: AwsModel, operation: string): AwsModel["shapes"][string] {
  return model.shapes[model.operations[operation]?.input?.shape ?? ""] ?? { type: "structure" };
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === "") return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}
