"""
How fast the house is, against something bare that does the same work in the same run: `make bench`.

Absolute figures of a machine mean little, so each benchmark has a reference, runs in turns with it, takes the best of
at least three rounds of each, prints both raw figures and the ratio, and fails on the ratio or on a count alone.
`outbox` and `letters` say what their reference is. The small form, which checks counts and no times, is in the suite
(`tests/benchmarks/`).
"""
