"""Hosts over SSH: who they are, how we get there, and whether it is really them.

What paramiko cannot do is done here: known_hosts is read by us (`known_hosts.py`), host certificates are verified by us
(`certificates.py`), connections are opened without a thread for each (`connecting.py`), and what a hostile host may
send is bounded (`_session.py`, the only module that needs paramiko; it is imported when the first host is asked).
"""
