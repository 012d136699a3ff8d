"""HTTP calls to other services, each through the circuit breaker of its target.

`outgoing.Outgoing` is the component that makes the clients. One call passes these layers, from the
outside in:

1. `call_transport`: keeps the call on its target, hands on the request's id, explains failures
2. `retries`: repeats calls that may be repeated
3. `breaker_transport`: takes a connection and asks the circuit breaker
4. `telemetry_transport`: makes each attempt a span, or hands on the trace context as it came
5. `timed_transport`: ends an attempt that takes too long
6. `answers`: reads the answer up to a limit
"""
