import type { SandboxState } from "./state.ts";
import { awsUrl } from "./processes/component.ts";

/** The fields of the AWS endpoint's response that are not part of an error. */
export interface AwsAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the sandbox's AWS endpoint, in an AWS API that uses JSON 1.1. */
export async function awsCall(
  { aws, ...state }: SandboxState,
  awsRegion: string,
  call: { readonly service: string; readonly target: string; readonly input: object },
  signal: AbortSignal,
): Promise<AwsAnswer> {
  const [{ SignatureV4 }, { Sha256 }, { HttpRequest }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@smithy/core/checksum"),
    import("@smithy/core/protocols"),
  ]);
  const { host, hostname, port } = new URL(awsUrl({ aws, ...state }));
  const body = JSON.stringify(call.input);
  const request = new HttpRequest({
    method: "POST",
    protocol: "http:",
    hostname,
    port: Number(port),
    path: "/",
    headers: { host, "content-type": "application/x-amz-json-1.1", "x-amz-target": call.target },
    body,
  });
  const { accessKeyId, secretAccessKey } = aws;
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service: call.service, region: awsRegion, credentials, sha256: Sha256 });
  const { headers } = await signer.sign(request);
  // Node's fetch ignores proxies.
  const answer = await fetch(`http://${host}/`, { method: "POST", headers, body, signal });
  return { status: answer.status, body: JSON.parse((await answer.text()) || "{}") as AwsAnswer["body"] };
}
