"""Several protocols of one endpoint: the same question must not be answered in contradicting ways."""
