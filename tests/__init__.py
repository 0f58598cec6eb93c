"""Tests of the harness, offline."""
