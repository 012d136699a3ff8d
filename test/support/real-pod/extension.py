"""What a pod behind a Service answers to an API server: an admission webhook and an aggregated API, with TLS."""

import http.server
import json
import ssl


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/apis/extension.test/v1":
            things = {"name": "things", "namespaced": False, "kind": "Thing", "verbs": ["list"]}
            self.answer({"kind": "APIResourceList", "groupVersion": "extension.test/v1", "resources": [things]})
        else:
            self.answer({"kind": "ThingList", "apiVersion": "extension.test/v1", "items": []})

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["content-length"])))
        allowed = review["request"]["name"] != "forbidden"
        status = {} if allowed else {"status": {"message": "no object may have this name"}}
        review["response"] = {"uid": review["request"]["uid"], "allowed": allowed, **status}
        self.answer(review)

    def answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server = http.server.ThreadingHTTPServer(("", 8443), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
