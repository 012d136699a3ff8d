"""Tests of the graph database, against a real one."""
