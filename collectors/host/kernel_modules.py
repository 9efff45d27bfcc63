"""Questions that make no kernel load a module: it does so by itself when a program first speaks to a part of it.

What no module serves has no rules, so that the answer is known without asking.
"""

from __future__ import annotations

PROC = "PROC_ROOT=/proc"
"""With this in its environment `ss` reads the kernel's tables as files; else it speaks to sock_diag, a module."""


def only_if_loaded(module: str) -> str:
    """Shell that ends with nothing said where the kernel has not loaded `module` and was not built with it.

    A kernel without /proc/modules loads none. It fails where nobody can tell.
    """
    return f"""\
[ ! -e /proc/modules ] || [ -r /proc/modules ] || exit 1
if [ -e /proc/modules ] && ! grep -q '^{module} ' /proc/modules; then
  grep -q '/{module}\\.ko' "/lib/modules/$(uname -r)/modules.builtin"
  case $? in 0) ;; 1) exit 0 ;; *) exit 1 ;; esac
fi
"""


def only_if_tables(program: str, names: str) -> str:
    """The same for a program of iptables, which is either a front of nf_tables or, with `names` in /proc/net, older."""
    return f"""\
case $(readlink -f {program}) in
*nft*)
{only_if_loaded("nf_tables")};;
*) [ -e /proc/net/{names} ] || exit 0 ;;
esac
"""
