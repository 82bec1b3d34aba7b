"""The reader's program, in a browser."""
