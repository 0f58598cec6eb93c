"""The reference endpoint: conformant, and on request faulty in exactly one way. It knows nothing of the harness."""

from samewire.reference.call import KEY, Configuration, Fault
from samewire.reference.endpoint import Reference

__all__ = ["KEY", "Configuration", "Fault", "Reference"]
