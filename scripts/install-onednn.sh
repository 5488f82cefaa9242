#!/usr/bin/env bash
# Installs oneDNN from Debian's or Ubuntu's packages, where there is none and this user may. Never fails: without it
# everything computes, and its tests are skipped and say so.
set -uo pipefail
if [ -n "${TRM_ONEDNN:-}" ]; then exit 0; fi
if ldconfig -p 2> /dev/null | grep -q 'libdnnl\.so\.[23]'; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "no oneDNN, and no right to install it: products are computed without it, and its tests will be skipped"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
# Version 3 in newer releases, 2 in older ones; the plain packages run their threads by OpenMP.
for package in libdnnl3 libdnnl2; do
  apt-get install -y --no-install-recommends "$package" && exit 0
done
echo "oneDNN could not be installed: products are computed without it, and its tests will be skipped"
exit 0
