import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { PrintedExample } from "./cli-examples.ts";
import { nonEmpty } from "./non-empty.ts";
import { pythonTools } from "./uv.ts";

/** A shape of a service model: https://smithy.io and botocore's `service-2.json`. */
export interface AwsShape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, AwsMember>>;
  /** The shape of a list's items. */
  readonly member?: AwsMember;
  /** The shape of a map's values. */
  readonly value?: AwsMember;
}

export interface AwsMember {
  readonly shape: string;
  readonly idempotencyToken?: boolean;
}

export interface AwsModel {
  readonly operations: Readonly<
    Record<string, { readonly input?: { readonly shape: string }; readonly output?: { readonly shape: string } }>
  >;
  readonly shapes: Readonly<Record<string, AwsShape>>;
}

/** Returns AWS's own model of a service, by its name in botocore, from the Python environment of the sandbox. */
export async function awsModel(service: string): Promise<AwsModel> {
  return JSON.parse(gunzipSync(await readFile(await modelFile(service, "service-2.json.gz"))).toString()) as AwsModel;
}

/** Returns the models of several services, by name. */
export async function awsModels(services: Iterable<string>): Promise<ReadonlyMap<string, AwsModel>> {
  const names = [...new Set(services)];
  return new Map(await Promise.all(names.map(async (service) => [service, await awsModel(service)] as const)));
}

/** Returns the members that ask for another page, by operation. */
export async function pageTokens(service: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { pagination } = JSON.parse(await readFile(await modelFile(service, "paginators-1.json"), "utf8")) as {
    readonly pagination: Readonly<Record<string, { readonly input_token?: string | readonly string[] }>>;
  };
  return Object.fromEntries(
    Object.entries(pagination).map(([operation, { input_token: token = [] }]) => [operation, [token].flat()]),
  );
}

/** What AWS's own tools wait for. */
export interface AwsWaiter {
  readonly success: readonly string[];
  /** Statuses with which it gives up. */
  readonly failure: readonly string[];
}

/** Returns the statuses that end a waiter. */
export async function awsWaiter(service: string, name: string): Promise<AwsWaiter> {
  const { waiters } = JSON.parse(await readFile(await modelFile(service, "waiters-2.json"), "utf8")) as {
    readonly waiters: Readonly<
      Record<string, { readonly acceptors: readonly { state: string; matcher: string; expected: unknown }[] }>
    >;
  };
  const ends = (state: string): readonly string[] =>
    (waiters[name]?.acceptors ?? []).flatMap((each) =>
      each.state === state && each.matcher.startsWith("path") ? [String(each.expected)] : [],
    );
  return { success: ends("success"), failure: ends("failure") };
}

/** Returns the examples of an operation that are published with the model. */
export async function modelExamples(service: string, operation: string): Promise<readonly PrintedExample[]> {
  const { examples } = JSON.parse(await readFile(await modelFile(service, "examples-1.json"), "utf8")) as {
    readonly examples: Readonly<Record<string, readonly { readonly output?: PrintedExample["answer"] }[]>>;
  };
  return (examples[operation] ?? []).map(({ output }, at) => ({
    name: `${service}/examples-1.json ${operation} ${at + 1}`,
    answer: output,
    unusable: output === undefined ? "it has no output" : undefined,
    misprinted: false,
  }));
}

async function modelFile(service: string, name: string): Promise<string> {
  const lib = join(await pythonTools(), "..", "lib");
  const [python] = nonEmpty(await readdir(lib));
  const folder = join(lib, python, "site-packages", "botocore", "data", service);
  const [newest] = nonEmpty((await readdir(folder)).toSorted().toReversed());
  return join(folder, newest, name);
}
