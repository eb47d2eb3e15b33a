"""Training steps compiled for this CPU."""
