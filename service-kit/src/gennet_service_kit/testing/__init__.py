"""What the tests of services share: pytest fixtures, and real stores on the same machine."""
