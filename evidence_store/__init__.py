"""Keep. Sealed evidence, verifiable without us. The only package that knows SQL and blobs."""
