const script = [
  "import http.client, json, sys",
  "connection = http.client.HTTPConnection('127.0.0.1', 8000, timeout=10)",
  "headers = {'content-type': 'application/json'}",
  "connection.request(sys.argv[1], sys.argv[2], sys.argv[3] or None, headers)",
  "answer = connection.getresponse()",
  "print(json.dumps({'status': answer.status, 'body': json.loads(answer.read() or 'null')}))",
].join("\n");

/** What a service responds with. */
export interface PodAnswer {
  readonly status: number;
  readonly body: any;
}

/** Calls the service `orders` from inside its pod, where no mesh policy interferes. */
export async function askPod(
  kubectl: (...argv: string[]) => Promise<string>,
  method: string,
  path: string,
  body?: object,
): Promise<PodAnswer> {
  const words = ["python", "-c", script, method, path, body === undefined ? "" : JSON.stringify(body)];
  return JSON.parse(
    await kubectl("exec", "-n", "orders", "deployment/orders", "-c", "app", "--", ...words),
  ) as PodAnswer;
}
