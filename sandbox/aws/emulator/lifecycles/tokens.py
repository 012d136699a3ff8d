"""Client tokens of operations where moto ignores them."""

from __future__ import annotations

import json
from typing import Any

from ..clock import Timeline
from ..errors import Answer, AwsError
from ..wire import Call

# (service, operation) -> the member that holds the token, and the code for a token used for something else.
TOKENS = {
    ("ec2", "CreateNatGateway"): ("ClientToken", "IdempotentParameterMismatch"),
    ("ec2", "CreateVpcEndpoint"): ("ClientToken", "IdempotentParameterMismatch"),
    ("acm", "RequestCertificate"): ("IdempotencyToken", "InvalidParameterException"),
}
# EC2 remembers tokens for a day, ACM for an hour.
REMEMBERED_SECONDS = {"ec2": 24 * 3600, "acm": 3600}


class Lifecycles:
    """Answers to remember are kept per region, as AWS does."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._answers: dict[tuple[str, str, str, str], tuple[str, Answer]] = {}

    def reset(self) -> None:
        self._answers.clear()

    def before(self, call: Call) -> Answer | None:
        """The earlier answer when this is the same request again."""
        key = _key(call)
        known = self._answers.get(key) if key else None
        if known is None:
            return None
        params, answer = known
        if params != _canonical(call):
            code = TOKENS[call.service, call.operation][1]
            raise AwsError(code, "The client token was used before with other parameters")
        return answer

    def after(self, call: Call, answer: Answer) -> None:
        key = _key(call)
        if key is None or answer.status >= 300:
            return
        self._answers[key] = (_canonical(call), answer)
        self._timeline.after(REMEMBERED_SECONDS[call.service], lambda: self._answers.pop(key, None) and None)


def _key(call: Call) -> tuple[str, str, str, str] | None:
    entry = TOKENS.get((call.service, call.operation))
    token: Any = call.params.get(entry[0]) if entry else None
    return (call.region, call.service, call.operation, token) if token else None


def _canonical(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=repr)
