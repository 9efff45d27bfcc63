"""Inventories: which hosts there are, as somebody else keeps it: lists, Ansible, OpenSSH's own configuration."""
