"""Runs against real third-party servers, each started from what is installed on the machine."""
