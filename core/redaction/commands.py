"""Secrets on command lines, where an option of one letter, an order of words or a pipe is all that tells them."""

from __future__ import annotations

import re

from core.redaction.pattern import Pattern, follows, pattern

_NEAR = rb"\b[^\n]{0,300}?\s"
"""From a program to one of its options."""


def _option(kind: str, programs: str, option: bytes, *, stem: str = "", begins: bytes = rb"-") -> Pattern:
    """The secret behind an option of some programs, whose names may share a stem. Letters of options are capital or
    small for a reason, and `begins` is how all those of a program begin."""
    names = b"|".join(re.escape(name).encode() for name in programs.split("|"))
    expression = rb"\b(?:" + names + rb")" + _NEAR + option + rb"(?P<secret>{w})"
    return pattern(kind, programs, expression, 0, also=stem, hint=follows(programs, _NEAR + begins))


COMMANDS: tuple[Pattern, ...] = (
    _option("password", "sshpass", rb"-p{o}"),
    _option(
        "password",
        "mysql|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mariadb|mariadb-dump|mariadb-admin|xtrabackup",
        rb"-p(?=\S)",
    ),
    _option("password", "ipmitool|ipmipower|ipmi-sensors|bmc-info", rb"-[Pp]{b}"),
    pattern("password", "ipmitool", rb"\bipmitool" + _NEAR + rb"set{b}password{b}\d{1,3}{b}(?P<secret>{w})"),
    _option(
        "password",
        "ldapsearch|ldapadd|ldapmodify|ldapdelete|ldapwhoami|ldappasswd|ldapcompare",
        rb"-[was]{o}(?=[^\s=]*(?:\s|\Z))",
        stem="ldap",
    ),
    _option("password", "redis-cli", rb"-a{b}"),
    _option("password", "sqlcmd|bcp|osql", rb"-P{o}"),
    _option("password", "mongo|mongosh|mongodump|mongorestore|mongoexport", rb"-p{o}"),
    _option(
        "password",
        "docker login|podman login|buildah login|skopeo login|helm registry login|az login|oc login",
        rb"-p{b}",
        stem=" login",
    ),
    _option("password", "zip|unzip", rb"-P{o}"),
    _option("password", "7z|7za|7zr|rar|unrar", rb"-h?p(?=\S)"),
    _option(
        "SNMP community",
        "snmpget|snmpwalk|snmpset|snmpbulkwalk|snmptrap|snmpstatus|check_snmp",
        rb"-[cCAX]{o}",
        stem="snmp",
    ),
    _option("password", "xfreerdp|xfreerdp3|wlfreerdp", rb"[/-]p:", begins=rb"[/-]"),
    _option("password", "wpa_passphrase", rb"\S{1,64}{b}", begins=rb""),
    _option(
        "password", "nmcli", rb"(?:password|wifi-sec\.psk|802-11-wireless-security\.psk|vpn\.secrets){b}", begins=rb""
    ),
    pattern(
        "password",
        "curl|wget",
        rb"\b(?:curl|wget)"
        + _NEAR
        + rb"(?:-u|--user|-U|--proxy-user)[ =]?\\?['\"]?[^\s:'\"]{1,100}:(?P<secret>[^\s'\"\\]+)",
        0,
        hint=follows("curl|wget", _NEAR + rb"-"),
    ),
    pattern(
        "cookie",
        "curl",
        rb"\bcurl" + _NEAR + rb"(?:-b|--cookie)[ =]?(?P<secret>{q}|[^\s'\"]+=[^\s'\"]+)",
        0,
        hint=follows("curl", _NEAR + rb"-"),
    ),
    pattern(
        "password",
        "smb|rpcclient|net |cifs",
        rb"\b(?:smbclient|smbget|smbmap|rpcclient|net|mount\.cifs)"
        + _NEAR
        + rb"(?:-U|--user=?){o}\\?['\"]?[^\s%'\"]{1,100}%(?P<secret>[^\s'\"\\]+)",
        0,
        hint=follows("smbclient|smbget|smbmap|rpcclient|net|mount.cifs", _NEAR + rb"-"),
    ),
    pattern(
        "password",
        "htpasswd",
        rb"\bhtpasswd{b}(?:-\w{1,9}{b}){0,4}-\w{0,4}b\w{0,4}{b}(?:-\w{1,9}{b}){0,4}"
        rb"\S{1,300}{b}\S{1,100}{b}(?P<secret>{w})",
        0,
    ),
    pattern("password", "pass:", rb"(?<![\w.-])pass:(?P<secret>[^\s'\"\\,]+)", 0),
    pattern(
        "password",
        "echo|printf|<<<",
        rb"\b(?:echo|printf){b}(?:-\w{1,3}{b}){0,3}(?:\\?['\"]%s(?:\\+n)?\\?['\"]{b})?"
        rb"(?P<secret>{q}|[^\s|'\";]{1,500})(?={o}\|{o}(?:sudo{b})?"
        rb"(?:cryptsetup|sudo{b}-S|chpasswd|passwd|smbpasswd|gpg2?|kinit|su|htpasswd|ansible-vault|openssl"
        rb"|(?:docker|podman|buildah|skopeo|helm[ \t]registry){b}login|systemd-creds|ecryptfs[\w-]{0,40})\b)",
    ),
    pattern(
        "password",
        "<<<",
        rb"\b(?:cryptsetup|sudo|chpasswd|passwd|smbpasswd|gpg2?|kinit)\b[^\n|;]{0,300}?<<<{o}(?P<secret>{w})",
    ),
)
