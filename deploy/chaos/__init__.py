"""Breaks the parts of a running bookstore under load; see README.md beside this file."""
