#!/usr/bin/env bash
# Installs Debian's Open MPI, and `ip` for a network between ranks, for the tests with several ranks, where there is no MPI and this user may. Never fails:
# without MPI those tests are skipped and say so.
set -uo pipefail
if command -v mpirun > /dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "no MPI, and no right to install one: the tests with several ranks will be skipped"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update && apt-get install -y --no-install-recommends openmpi-bin iproute2 ||
  echo "Open MPI could not be installed: the tests with several ranks will be skipped"
exit 0
