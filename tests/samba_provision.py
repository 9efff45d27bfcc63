# mypy: ignore-errors
"""Makes the files of a domain and plants what it is told, without a server: run by the system's own Python, which alone
has Samba's modules, with a plan as JSON on its standard input."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from samba.auth import system_session
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

LENIENT = ["relax:0", "provision:0"]
KEEP_TIMES = "local_oid:1.3.6.1.4.1.7165.4.3.12:0"
"""Samba's control that leaves pwdLastSet as it is told."""
AGAIN = "dn: \nchangetype: modify\nadd: schemaUpdateNow\nschemaUpdateNow: 1\n"

plan = json.load(sys.stdin)
folder = Path(plan["folder"])
settings = LoadParm()
settings.load(str(folder / "smb.conf"))
provision(
    logging.getLogger(), system_session(), smbconf=str(folder / "smb.conf"), realm=plan["realm"],
    domain=plan["domain"], hostname="dc1", hostip=plan["address"], adminpass=plan["password"],
    serverrole="active directory domain controller", dns_backend="NONE", lp=settings, backend_store="tdb",
    dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2, batch_mode=True,
)  # fmt: skip
settings.set("dsdb:schema update allowed", "true")
directory = SamDB(str(folder / "private/sam.ldb"), session_info=system_session(), lp=settings)
for change in plan["schema"]:
    directory.modify_ldif(change, LENIENT)
    directory.modify_ldif(AGAIN)
for change in plan["changes"]:
    try:
        directory.modify_ldif(change, LENIENT)
    except Exception as error:
        raise SystemExit(f"{error}: {change}") from error
for login, password in plan["passwords"].items():
    directory.setpassword(f"(sAMAccountName={login})", password)
for name, time in plan["password_times"].items():
    directory.modify_ldif(f"dn: {name}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: {time}\n", [KEEP_TIMES])
for name, who, rights in plan["rights"]:
    sid = directory.search(expression=f"(sAMAccountName={who})", attrs=["objectSid"])[0]["objectSid"][0]
    somebody = directory.schema_format_value("objectSid", sid).decode()
    SDUtils(directory).dacl_prepend_aces(name, f"({rights};{somebody})")
