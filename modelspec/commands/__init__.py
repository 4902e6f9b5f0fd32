"""One file for each command: it reads arguments and calls a function of paths."""
