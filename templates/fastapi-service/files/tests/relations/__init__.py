"""Tests of the relations between items, against a real graph database."""
