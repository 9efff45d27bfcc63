"""Blobs: bytes by digest, as frames in packs, whole or as differences, here or on the way to a bucket."""
