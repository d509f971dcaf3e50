# Sourced by ./up and ./test: installs Debian packages without letting any of them start a service.

# Asks for one installed file per package, so that a second run asks apt nothing.
packages_missing() {
  local package missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
  done
  echo "${missing# }"
}

packages_install() {
  local missing policy=/usr/sbin/policy-rc.d made=""
  missing=$(packages_missing "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "error: these packages are needed and only root can install them: $missing" >&2
    echo "       run: sudo apt-get install --no-install-recommends $missing" >&2
    return 1
  fi
  if ! command -v apt-get >/dev/null; then
    echo "error: these Debian packages are needed, and there is no apt-get here: $missing" >&2
    return 1
  fi
  echo "installing packages: $missing"
  # invoke-rc.d asks this file; 101 means: start nothing.
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1
  fi
  local outcome=0
  {
    apt-get update -qq &&
      # shellcheck disable=SC2086 # a list of names
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
  } >/tmp/holdfast-apt.$$.log 2>&1 || outcome=$?
  [ -z "$made" ] || rm -f "$policy"
  if [ "$outcome" != 0 ]; then
    tail -n 20 /tmp/holdfast-apt.$$.log >&2
    echo "error: installing packages failed; the whole output is in /tmp/holdfast-apt.$$.log" >&2
    return 1
  fi
  rm -f /tmp/holdfast-apt.$$.log
}

# Python programs that tests hold ours against, in a folder of their own; the folder's list says what is there.
python_tools_install() {
  local folder=$1 wanted
  shift
  wanted=$(printf '%s\n' "$@")
  if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
      packages_install python3 python3-venv || return 1
    fi
    echo "installing Python packages: $*"
    rm -rf "$folder"
    if ! { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"; }; then
      echo "error: installing Python packages into $folder failed" >&2
      return 1
    fi
    printf '%s\n' "$wanted" >"$folder/installed"
  fi
  PATH="$PWD/$folder/bin:$PATH"
  export PATH
}

# The toolchains are the user's own: say how to get them, install none behind their back.
toolchains_check() {
  local failed=0
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  if ! command -v cargo >/dev/null; then
    echo "error: the Rust toolchain is needed (1.95 or newer). Install rustup from your distribution:" >&2
    echo "       apt-get install rustup && rustup default stable" >&2
    failed=1
  else
    local version
    version=$(cargo --version | cut -d' ' -f2)
    if [ "$(printf '%s\n1.95.0\n' "$version" | sort -V | head -n 1)" != 1.95.0 ]; then
      echo "error: Rust 1.95 or newer is needed, this is $version: rustup update stable" >&2
      failed=1
    fi
  fi
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    echo "error: Node.js 20 or newer with npm is needed to build the console: apt-get install nodejs npm" >&2
    failed=1
  elif [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    echo "error: Node.js 20 or newer is needed, this is $(node --version)" >&2
    failed=1
  fi
  if ! command -v cc >/dev/null; then
    packages_install gcc libc6-dev || failed=1
  fi
  return "$failed"
}
