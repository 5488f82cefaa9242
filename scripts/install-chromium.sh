#!/usr/bin/env bash
# Installs Debian's Chromium for the tests in a browser, where there is none and this user may. Never fails: without
# a browser those tests are skipped and say so.
set -uo pipefail
if [ -n "${TRM_CHROMIUM:-}" ]; then exit 0; fi
for command in chromium chromium-browser google-chrome google-chrome-stable chrome; do
  if command -v "$command" > /dev/null; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "no Chromium, and no right to install one: the tests in a browser will be skipped"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update && apt-get install -y --no-install-recommends chromium ||
  echo "Chromium could not be installed: the tests in a browser will be skipped"
exit 0
