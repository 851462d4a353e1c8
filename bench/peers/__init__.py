"""Side by side in one browser: how fast the page and its JavaScript peers are, and what they take.

``python -m bench.peers`` installs the peers into ``.cache/peers``, for this alone, and serves them
and the built site on this machine. docs/benchmarks.md tells how to read the tables.
"""
