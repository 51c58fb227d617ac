"""Measures the bookstore and its peers side by side; see deploy/bench/README.md."""
