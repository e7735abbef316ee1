"""Shoal measured: generated data, the same questions asked of other engines, ratios printed.

``python -m bench segments --events 10_000_000`` makes the data (once), asks DuckDB, Polars and
pandas, imports through Shoal, asks Shoal, compares every count and writes ``bench/RESULTS.md``.
"""
