"""
The product on PostgreSQL and Redis, both started for this run alone and swept away after it: `make test-services`.

`python -m tests.services <command>` starts them, hands their addresses to the command and stops them when it is over
(`__main__`); `plugin` says what of the suite runs on them, and what only has a meaning on the embedded default.
"""
