"""What all protocols share: base URLs, keys, errors, headers, models."""
