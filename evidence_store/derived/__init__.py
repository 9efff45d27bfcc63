"""Derived tables: what log and blobs say, as intervals; made from nothing else, and made again at any time."""
