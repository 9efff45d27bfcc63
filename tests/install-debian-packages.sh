#!/bin/sh
# Installs what tests need beyond Python, when we are root on Debian; otherwise says what will be skipped.
set -eu
list=$(dirname "$0")/debian-packages.txt
missing=
while read -r package; do
  dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing="$missing $package"
done <"$list"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # Programs are what tests need: no service of theirs is started here.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; trap 'rm -f "$policy"' EXIT; }
  apt-get update -q >/dev/null
  # shellcheck disable=SC2086 # one word for each package
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing >/dev/null
else
  echo "skipped: tests that need these Debian packages, which only root can install:$missing" >&2
fi
