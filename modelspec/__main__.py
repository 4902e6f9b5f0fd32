"""`python -m modelspec`."""

from modelspec.cli import main

main()
