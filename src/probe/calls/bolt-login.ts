/**
 * The messages of a login by Bolt: https://neo4j.com/docs/bolt/current/bolt/message/. Each is a structure of PackStream
 * with one map: https://neo4j.com/docs/bolt/current/packstream/.
 */
const hello = 0x01;
const logon = 0x6a;
const failure = 0x7f;
const structure = 0xb1;

type Fields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Returns HELLO and LOGON. */
export function authenticationMessages(principal: string, credentials: string): Buffer {
  return Buffer.concat([
    message(hello, { user_agent: "gennet", bolt_agent: { product: "gennet" } }),
    message(logon, { scheme: "basic", principal, credentials }),
  ]);
}

/** In one chunk, which ends with an empty one. */
function message(tag: number, fields: Fields): Buffer {
  const content = Buffer.concat([Buffer.from([structure, tag]), map(fields)]);
  return Buffer.concat([sized(content.length), content, sized(0)]);
}

function map(fields: Fields): Buffer {
  const entries = Object.entries(fields);
  const packed = entries.flatMap(([key, value]) => [text(key), typeof value === "string" ? text(value) : map(value)]);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...packed]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([Buffer.from([0xd1]), sized(bytes.length), bytes]);
}

function sized(length: number): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(length);
  return size;
}

/** Returns whether the server has answered both messages, or refused one. The first four bytes are the version. */
export function hasAnswered(bytes: Buffer): boolean {
  const answers = answersIn(bytes.subarray(4));
  return answers.length >= 2 || answers.some(isFailure);
}

/** Returns the code with which the server refuses; undefined if it does not. */
export function refusalIn(bytes: Buffer): string | undefined {
  const refused = answersIn(bytes).find(isFailure);
  if (refused === undefined) return undefined;
  return /Neo\.\w+\.\w+\.\w+/.exec(refused.toString("latin1"))?.[0] ?? "without a code";
}

function isFailure(answer: Buffer): boolean {
  return answer[1] === failure;
}

/** Returns the messages that are complete. */
function answersIn(bytes: Buffer): readonly Buffer[] {
  const answers: Buffer[] = [];
  let current: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes.readUInt16BE(at);
    if (at + 2 + length > bytes.length) break;
    // An empty chunk between messages only keeps the connection open.
    if (length > 0) current.push(bytes.subarray(at + 2, at + 2 + length));
    else if (current.length > 0) {
      answers.push(Buffer.concat(current));
      current = [];
    }
    at += 2 + length;
  }
  return answers;
}
