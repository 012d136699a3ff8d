"""Compares a service of the kit with the leanest FastAPI application, request by request.

    uv run python bench/requests.py [--rounds 5] [--seconds 3] [--connections 32]

All applications run at the same time, each in its own process on the first core, and are asked
in turns from the second core by `load.py`, which is no bottleneck: it reports how much of that core
it takes. Requests per second are those of connections that ask again at once. The p99 is that at
one rate for all, a quarter of what the lean application can do: asked as fast as they answer, all
applications have latencies that say no more than their requests per second. Ratios are medians of
those of the rounds, so that a slower moment of the machine counts for both. Prints Markdown; ends
with 1 where a target is missed.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from gennet_service_kit.testing import neo4j, postgres, redis

HERE = Path(__file__).parent
PATH = "/items/12345678-1234-4234-8234-123456789abc"
CORES = sorted(os.sched_getaffinity(0))
COLUMNS = [
    *("application", "requests/s", "ratio", "target", "CPU µs per request", "p50 ms", "p99 ms"),
    *("p99 ratio", "core taken by load.py"),
]
READY_SECONDS = 1.5
MAX_P99_RATIO = 2.0
SHARE_OF_LEAN = 0.25
# As in the image: what is imported is compiled, and the log is not buffered.
IMAGE = {"PYTHONUNBUFFERED": "1"}
NOT_INHERITED = ("OTEL_", "PYTHONDONTWRITEBYTECODE")


@dataclass
class Application:
    """One of those that are compared."""

    title: str
    program: str
    environment: Mapping[str, str] = field(default_factory=dict)
    target: float | None = None
    """The least that its requests per second may be of the lean one's."""
    ready_path: str = PATH
    """What is answered with 200 when it has started."""
    port: int = 0
    pid: int = 0
    log: Path | None = None
    fast: list[dict[str, float]] = field(default_factory=list)
    """What was measured with connections that ask again at once, by round."""
    steady: list[dict[str, float]] = field(default_factory=list)
    """What was measured at a rate, by round."""
    cpu_us: list[float] = field(default_factory=list)


def tracing(endpoint: str, ratio: str) -> dict[str, str]:
    """Returns the variables with which a service sends metrics, and this share of its traces."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": ratio,
    }


@contextmanager
def collecting() -> Iterator[str]:
    """Takes what the services send to an OpenTelemetry collector; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def free_port() -> int:
    """Returns a port that is free at the moment."""
    with closing(socket.socket()) as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


@contextmanager
def started(application: Application, folder: Path) -> Iterator[float]:
    """Runs an application on the first core; yields the seconds until it answered."""
    application.port = free_port()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)
    }
    application.log = folder / f"{application.port}.log"
    with application.log.open("w") as log:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  (one of those beside this file)
            [sys.executable, str(HERE / "applications" / application.program)],
            env={
                **inherited,
                **IMAGE,
                **application.environment,
                "APP_PORT": str(application.port),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: os.sched_setaffinity(0, {CORES[0]}),
        )
    application.pid = process.pid
    try:
        while not answers(application.port, application.ready_path):
            if process.poll() is not None:
                raise SystemExit(application.log.read_text())
            time.sleep(0.005)
        yield time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answers(port: int, path: str) -> bool:
    """Returns whether the application answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


def cpu_seconds(pid: int) -> float:
    """Returns the time that a process has had on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(application: Application, connections: int, seconds: float, rate: float = 0) -> None:
    """Asks an application for some seconds."""
    before = cpu_seconds(application.pid)
    arguments = [str(application.port), PATH, str(connections), str(seconds), str(rate)]
    load = subprocess.run(  # noqa: S603  (the file beside this one)
        [sys.executable, str(HERE / "load.py"), *arguments],
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {CORES[-1]}),
    )
    result: dict[str, float] = json.loads(load.stdout)
    if rate:
        application.steady.append(result)
        return
    application.fast.append(result)
    # The warm-up has its share of the time and of the requests.
    share = seconds / (seconds + 0.5)
    used = (cpu_seconds(application.pid) - before) * share
    application.cpu_us.append(used / result["count"] * 1e6)


def speed_ratio(application: Application, lean: Application) -> float:
    """Returns the median of the ratios of requests per second, round by round."""
    pairs = zip(application.fast, lean.fast, strict=True)
    return median(ours["per_second"] / theirs["per_second"] for ours, theirs in pairs)


def p99_ratio(application: Application, lean: Application) -> float:
    """Returns the median of the ratios of latencies, round by round."""
    pairs = zip(application.steady, lean.steady, strict=True)
    return median(ours["p99_ms"] / theirs["p99_ms"] for ours, theirs in pairs)


def row(application: Application, lean: Application) -> str:
    """Returns an application's row of the table."""
    fast, steady = application.fast, application.steady
    target = "" if application.target is None else f"{application.target:.2f}"
    cells = [
        application.title,
        f"{median(each['per_second'] for each in fast):.0f}",
        f"{speed_ratio(application, lean):.2f}",
        target,
        f"{median(application.cpu_us):.0f}",
        f"{median(each['p50_ms'] for each in steady):.2f}",
        f"{median(each['p99_ms'] for each in steady):.2f}",
        f"{p99_ratio(application, lean):.2f}",
        f"{max(each['own_cpu'] for each in (*fast, *steady)):.0%}",
    ]
    return f"| {' | '.join(cells)} |"


def ready_seconds(application: Application, folder: Path, times: int) -> float:
    """Returns how long an application takes from its start to its first good answer."""
    taken: list[float] = []
    with started(application, folder):
        # Now everything that it imports is compiled.
        pass
    for _ in range(times):
        with started(application, folder) as seconds:
            taken.append(seconds)
    return median(taken)


def main() -> None:
    """Measures, and prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    os.sched_setaffinity(0, {CORES[-1]})
    missed: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        collector = stack.enter_context(collecting())
        lean = Application("lean FastAPI", "lean.py")
        kit = Application("kit", "kit.py", {}, 0.7)
        traced = Application("kit, every trace", "kit.py", tracing(collector, "1"), 0.4)
        some = Application("kit, 10 % of traces", "kit.py", tracing(collector, "0.1"), 0.55)
        applications = [lean, kit, some, traced]
        ready = {each.title: ready_seconds(each, folder, 3) for each in applications}
        everything = "kit with every store, every trace, until it is ready"
        with postgres.serve() as one, redis.serve() as other, neo4j.serve() as third:
            environment = {**tracing(collector, "1"), **one, **other, **third}
            full = Application(everything, "everything.py", environment, ready_path="/health/ready")
            ready[everything] = ready_seconds(full, folder, 3)
        with ExitStack() as running:
            for each in applications:
                running.enter_context(started(each, folder))
            for _ in range(options.rounds):
                for each in applications:
                    measure(each, options.connections, options.seconds)
                rate = SHARE_OF_LEAN * median(each["per_second"] for each in lean.fast)
                for each in applications:
                    measure(each, options.connections, options.seconds, rate)
        for each in applications[1:]:
            lines = (each.log or folder).read_text().count('"event": "request"')
            if lines < sum(result["count"] for result in (*each.fast, *each.steady)):
                missed.append(f"{each.title}: only {lines} requests are in the log")

    print(f"{options.connections} connections, {options.rounds} rounds of {options.seconds:g} s\n")
    print(f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for each in applications:
        print(row(each, lean))
        if each.target is not None and speed_ratio(each, lean) < each.target:
            missed.append(f"{each.title}: fewer requests/s than {each.target} of the lean one's")
        if p99_ratio(each, lean) > MAX_P99_RATIO:
            missed.append(
                f"{each.title}: its p99 is more than {MAX_P99_RATIO:g} times the lean one's"
            )
    print("\n| application | ready after s | target |\n| --- | ---: | ---: |")
    for title, seconds in ready.items():
        print(f"| {title} | {seconds:.2f} | {READY_SECONDS} |")
        if seconds > READY_SECONDS:
            missed.append(f"{title}: ready after {seconds:.2f} s")
    for reason in missed:
        print(f"\nmissed: {reason}")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
