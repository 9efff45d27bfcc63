"""What leaves the store to be verified without it: which leaves answer a question, and what signs for an export."""
