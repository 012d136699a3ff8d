import { HTTPParser } from "http-parser-js";
import type { PodAnswer } from "./port.ts";

/**
 * Returns pipelined requests for one connection, which do not wait for earlier responses. Paths must be
 * percent-encoded.
 */
export function getsOf(paths: readonly string[]): string {
  return paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`).join("");
}

/**
 * Parses what arrives on that connection, and passes each response to `tell` as soon as it is complete. Throws if it is
 * not HTTP.
 */
export function answersTo(tell: (answer: PodAnswer) => void): (bytes: Buffer) => void {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  let chunks: Buffer[] = [];
  let head: Omit<PodAnswer, "body"> = { status: 0 };
  parser.onHeadersComplete = ({ statusCode: status, headers }) => {
    const date = headers[headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === "date") + 1];
    const now = Date.parse(date ?? "");
    head = { status, ...(Number.isNaN(now) ? {} : { now }) };
  };
  parser.onBody = (bytes) => chunks.push(bytes);
  parser.onMessageComplete = () => {
    const body = Buffer.concat(chunks).toString("utf8");
    chunks = [];
    tell({ ...head, body });
  };
  return (bytes) => {
    const failed = parser.execute(bytes);
    if (failed instanceof Error) throw failed;
  };
}
