"""What the containers of the tests of real pods run: it answers what it sees, and does what it is told."""

import http.server
import json
import os
import signal
import subprocess
import sys
import time

state = {"/ready": 200, "/live": 200}


def seen() -> dict[str, object]:
    secret = "/etc/secret/key"
    return {
        "env": dict(os.environ),
        "args": sys.argv[1:],
        "host": os.uname().nodename,
        "user": [os.getuid(), os.getgid()],
        "folder": os.getcwd(),
        "secret": open(secret).read() if os.path.exists(secret) else None,
        "shared": sorted(os.listdir("/shared")) if os.path.exists("/shared") else None,
    }


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/crash":
            os._exit(7)
        if self.path == "/burn":
            subprocess.Popen([sys.executable, "-c", "while True: pass"])
        if self.path.startswith("/set"):
            state.update({"/ready": 503} if "unready" in self.path else {"/live": 503})
        if self.path.startswith("/answer/"):
            state["/"] = int(self.path.removeprefix("/answer/"))
        if self.path.startswith("/slow/"):
            time.sleep(float(self.path.removeprefix("/slow/")))
        body = json.dumps(seen()).encode()
        self.send_response(state.get(self.path, 200))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        if self.path not in state:
            print("asked for", self.path, flush=True)


def end(*_: object) -> None:
    print("got TERM", flush=True)
    time.sleep(float(os.environ.get("SLOW_END", "0")))
    os._exit(0)


signal.signal(signal.SIGTERM, end)
print("listening", flush=True)
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
