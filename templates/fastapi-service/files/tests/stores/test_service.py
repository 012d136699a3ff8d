"""The service as it is run for work on it, by python -m tests.stores, on servers that are given."""

import signal
import sys

from tests.serving import serve_once

STORES = [sys.executable, "-m", "tests.stores", "--"]


def test_told_to_stop_it_hands_that_on_and_ends_after_the_service(
<% const stores = ["neo4j", "postgres", "redis"].filter((store) => it[store]); -%>
<% for (const store of stores) { -%>
    <%= store %>_url: str,
<% } -%>
) -> None:
    given = {
<% for (const store of stores) { -%>
        "TEST_<%= store.toUpperCase() %>_URL": <%= store %>_url,
<% } -%>
    }

    code, log = serve_once(given, through=STORES)

    assert [line["event"] for line in log].count("stopped") == 1
    assert {line["level"] for line in log} == {"info"}
    assert code == 128 + signal.SIGTERM
