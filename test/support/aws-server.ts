import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the server handles a call: with a response, or by dropping the connection. */
export type AwsAnswer =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | "drop";

export interface AwsServer {
  readonly url: string;
  /** `Action` of every call, in order. */
  readonly calls: readonly URLSearchParams[];
  close(): Promise<void>;
}

/** A call of AWS's JSON protocol: `DescribeSecret` and its input. */
export interface JsonCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Starts a server for AWS's JSON protocol (Secrets Manager). */
export async function awsJsonServer(answer: (call: JsonCall) => AwsAnswer): Promise<AwsServer> {
  return awsServer((call) => {
    const action = call.get("X-Amz-Target") ?? "";
    const input = JSON.parse(call.get("body") ?? "{}") as JsonCall["input"];
    return answer({ action: action.slice(action.indexOf(".") + 1), input });
  });
}

/** Starts a server on loopback for AWS's query protocol (STS, EC2, IAM), with one response for each call. */
export async function awsServer(answer: (call: URLSearchParams) => AwsAnswer): Promise<AwsServer> {
  const calls: URLSearchParams[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const target = request.headers["x-amz-target"];
      const call = new URLSearchParams(typeof target === "string" ? { "X-Amz-Target": target, body } : body);
      calls.push(call);
      const given = answer(call);
      if (given === "drop") return void request.socket.destroy();
      const type = target === undefined ? "text/xml" : "application/x-amz-json-1.1";
      response.writeHead(given.status, { "content-type": type, ...given.headers }).end(given.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function stsError(status: number, code: string, message: string): AwsAnswer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, body };
}

export function ec2Error(status: number, code: string, message: string): AwsAnswer {
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>` };
}
