"""What must hold: a folder per protocol, a file per feature, a function per requirement."""
