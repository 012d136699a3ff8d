import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { nonEmpty } from "./non-empty.ts";
import { pythonTools } from "./uv.ts";

/** A shape of a service model: https://smithy.io and botocore's `service-2.json`. */
export interface AwsShape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, AwsMember>>;
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
  const lib = join(await pythonTools(), "..", "lib");
  const [python] = nonEmpty(await readdir(lib));
  const folder = join(lib, python, "site-packages", "botocore", "data", service);
  const [newest] = nonEmpty((await readdir(folder)).toSorted().toReversed());
  return JSON.parse(gunzipSync(await readFile(join(folder, newest, "service-2.json.gz"))).toString()) as AwsModel;
}
