import { HTTPParser } from "http-parser-js";
import type { PodAnswer } from "./port.ts";

/** Requests for one connection, none of which waits for the answer to the one before; paths are percent-encoded. */
export function getsOf(paths: readonly string[]): string {
  return paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`).join("");
}

/** Takes what arrives on that connection, and tells each answer as soon as it is complete. Throws where it is no HTTP. */
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
