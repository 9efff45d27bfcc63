"""The kinds of resource: the contract between collectors, which fill them, and checks, which read them."""
