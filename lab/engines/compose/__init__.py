"""The compose engine: every hop a container, on a network of the round's own."""
