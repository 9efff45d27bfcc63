"""The log: a Merkle tree of leaves, its signed checkpoints, proofs from it, and copies of its checkpoints elsewhere."""
