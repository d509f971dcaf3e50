# Sourced by ./up: starts and stops an engine and a server on this machine, all of it under .holdfast/.

home=$PWD/.holdfast
binary=$PWD/target/release/holdfast
[ -z "${CARGO_TARGET_DIR:-}" ] || binary=$CARGO_TARGET_DIR/release/holdfast

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A process that we started is known by its id and the time it was started at: an id can be given again.
process_mark() { echo "$1 $(cut -d' ' -f22 "/proc/$1/stat")" >"$2"; }
process_alive() {
  local id start
  [ -r "$1" ] || return 1
  read -r id start <"$1"
  [ -r "/proc/$id/stat" ] && [ "$(cut -d' ' -f22 "/proc/$id/stat")" = "$start" ]
}
process_stop() { # FILE SECONDS NAME
  local id
  if ! process_alive "$1"; then
    rm -f "$1"
    return 0
  fi
  read -r id _ <"$1"
  kill "$id" 2>/dev/null || true
  for _ in $(seq $(($2 * 10))); do
    process_alive "$1" || break
    sleep 0.1
  done
  if process_alive "$1"; then
    note "$3 did not end within $2 s and is killed"
    kill -9 "$id" 2>/dev/null || true
  fi
  rm -f "$1"
  note "stopped $3 (process $id)"
}

# Builds once: again only when a source is newer than the binary.
build_release() {
  if [ -x "$binary" ] && [ -z "$(find Cargo.toml Cargo.lock crates console/src console/index.html console/package.json \
    -newer "$binary" -type f -print -quit 2>/dev/null)" ]; then
    note "the build is current"
    return 0
  fi
  note "console: npm packages and bundle"
  (
    cd console
    if ! cmp -s package-lock.json node_modules/.holdfast-lock; then
      npm ci --no-audit --no-fund --loglevel=error
      cp package-lock.json node_modules/.holdfast-lock
    fi
    npm run --silent build
  )
  note "server: release build"
  cargo build --release --locked -p holdfast-cli
  # The bundle is inside the binary: mark it newer than what it was built from.
  touch "$binary"
}

# --- settings: port and external name, remembered from the first start ---------------------------

setting() { sed -n "s/^$1=//p" "$home/settings" 2>/dev/null; }

settings_remember() {
  local port=${1:-$(setting port)} external=${2:-$(setting external)} host
  port=${port:-7443}
  if [ -z "$external" ]; then
    host=$(hostname -f 2>/dev/null || hostname)
    # Docker takes a name without a dot or port for Docker Hub.
    case "$host" in
      *.* | *:*) case "$host" in localhost.*) host="" ;; esac ;;
      *) host="" ;;
    esac
    [ -n "$host" ] || host=$(ip -o -4 addr show scope global 2>/dev/null | awk '{sub("/.*", "", $4); print $4; exit}')
    external=${host:-127.0.0.1}
  fi
  case "$external" in
    *:*) ;;
    *) [ "$port" = 443 ] || external=$external:$port ;;
  esac
  printf 'port=%s\nexternal=%s\nplain=%s\n' "$port" "$external" "$((port + 2))" >"$home/settings"
}

# --- engine ---------------------------------------------------------------------------------------

engine_socket() { cat "$home/engine.socket"; }

engine_api() { curl -sf --max-time 10 --unix-socket "$1" "http://docker/$2"; }

engine_up() {
  local given=$1 socket
  say "Docker Engine"
  if [ -n "$given" ]; then
    socket=${given#unix://}
    [ -S "$socket" ] || die "no engine socket at $socket"
    engine_api "$socket" _ping >/dev/null || die "the engine at $socket does not answer"
    note "using yours at $socket"
  elif process_alive "$home/engine.process"; then
    socket=$(engine_socket)
    note "running already (process $(cut -d' ' -f1 "$home/engine.process"))"
  elif [ -S /var/run/docker.sock ] && engine_api /var/run/docker.sock _ping >/dev/null; then
    # An engine that we did not start is not touched without being named.
    die "an engine runs already at /var/run/docker.sock: say ./up --use-engine /var/run/docker.sock to use it"
  else
    socket=$home/engine/docker.sock
    engine_start "$socket"
  fi
  echo "$socket" >"$home/engine.socket"
  engine_swarm "$socket"
}

engine_start() {
  local socket=$1 pid
  mkdir -p "$home/engine"
  rm -f "$home/engine/pid"
  # What the engine will change outside its folder, to take it back later.
  ip link show docker0 >/dev/null 2>&1 || touch "$home/engine/made-docker0"
  ip link show docker_gwbridge >/dev/null 2>&1 || touch "$home/engine/made-docker_gwbridge"
  [ -e "$home/engine/iptables.before" ] || iptables-save >"$home/engine/iptables.before" 2>/dev/null || true
  [ -e "$home/engine/ip_forward.before" ] || cp /proc/sys/net/ipv4/ip_forward "$home/engine/ip_forward.before"
  setsid dockerd --data-root "$home/engine/data" --exec-root "$home/engine/exec" --pidfile "$home/engine/pid" \
    -H "unix://$socket" --shutdown-timeout 10 >>"$home/engine/log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 300); do
    [ -d "/proc/$pid" ] || { tail -n 5 "$home/engine/log" >&2; die "the engine ended; its log: .holdfast/engine/log"; }
    engine_api "$socket" _ping >/dev/null 2>&1 && break
    sleep 0.1
  done
  engine_api "$socket" _ping >/dev/null || die "the engine does not answer; its log: .holdfast/engine/log"
  process_mark "$pid" "$home/engine.process"
  note "started one of its own (process $pid), data in .holdfast/engine"
}

engine_swarm() {
  local socket=$1 swarm state control address
  swarm=$(engine_api "$socket" info)
  state=$(printf '%s' "$swarm" | grep -o '"LocalNodeState":"[^"]*"' | cut -d'"' -f4)
  control=$(printf '%s' "$swarm" | grep -o '"ControlAvailable":[a-z]*' | cut -d: -f2)
  case "$state:$control" in
    inactive:*)
      address=$(setting external)
      address=${address%:*}
      # A Swarm wants an address of this machine, not a name.
      case "$address" in
        *[!0-9.]*) address=$(ip -o -4 addr show scope global | awk '{sub("/.*", "", $4); print $4; exit}') ;;
      esac
      curl -sf --unix-socket "$socket" -H 'Content-Type: application/json' -X POST http://docker/swarm/init \
        -d "{\"ListenAddr\":\"0.0.0.0:2377\",\"AdvertiseAddr\":\"${address:-127.0.0.1}\"}" >/dev/null ||
        die "the engine did not become a Swarm manager"
      note "made it a Swarm manager"
      ;;
    active:true) note "a Swarm manager" ;;
    active:*) die "the engine at $socket is a Swarm worker: Holdfast runs beside a manager" ;;
    *) die "the engine's Swarm state is \`$state\`: mend that first (docker info)" ;;
  esac
}

# --- server ---------------------------------------------------------------------------------------

server_ready() { curl -sf --max-time 5 -o /dev/null "http://127.0.0.1:$(setting plain)/readyz"; }

server_up() {
  local pid
  say "Holdfast"
  if process_alive "$home/server.process" && [ "$binary" -nt "$home/server.process" ]; then
    process_stop "$home/server.process" 20 "the server of an older build"
  fi
  if process_alive "$home/server.process" && server_ready; then
    note "running already (process $(cut -d' ' -f1 "$home/server.process"))"
    return 0
  fi
  process_stop "$home/server.process" 10 "a server that does not answer"
  if [ ! -s "$home/admin-password" ]; then
    (umask 077 && head -c 15 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$home/admin-password")
    note "administrator: admin"
    note "password:      $(cat "$home/admin-password")   (shown once; kept in .holdfast/admin-password)"
  fi
  setsid "$binary" server --data-dir "$home/data" --listen "0.0.0.0:$(setting port)" --external-name "$(setting external)" \
    --plain-listen "127.0.0.1:$(setting plain)" --admin-user admin --admin-password-file "$home/admin-password" \
    --engine "unix://$(engine_socket)" >>"$home/server.log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 300); do
    [ -d "/proc/$pid" ] || { tail -n 5 "$home/server.log" >&2; die "the server ended; its log: .holdfast/server.log"; }
    server_ready && break
    sleep 0.1
  done
  server_ready || die "the server is not ready; its log: .holdfast/server.log"
  curl -sf --max-time 5 -o "$home/ca.pem" "http://127.0.0.1:$(setting plain)/ca" || die "the server shows no CA; its log: .holdfast/server.log"
  process_mark "$pid" "$home/server.process"
  note "started (process $pid), known as $(setting external)"
}

# --- down -----------------------------------------------------------------------------------------

local_down() {
  [ -d "$home" ] || die "nothing to stop: there is no .holdfast/ here"
  say "Stopping what ./up has started"
  process_stop "$home/server.process" 20 "the server"
  certificates_remove
  if [ -e "$home/engine.process" ]; then
    process_stop "$home/engine.process" 60 "the engine"
    engine_traces_remove
  fi
  note "the data stay in .holdfast/; remove that folder to begin anew"
}

certificates_remove() {
  local folder
  folder=/etc/docker/certs.d/$(setting external)
  if [ -f "$folder/ca.crt" ] && grep -q . "$folder/ca.crt" && [ -f "$home/ca.pem" ] && cmp -s "$home/ca.pem" "$folder/ca.crt"; then
    rm -f "$folder/ca.crt"
    rmdir "$folder" 2>/dev/null || true
    note "removed $folder"
  fi
}

engine_traces_remove() {
  local mount
  # Nothing may be mounted any more, which is no failure.
  { grep -o " $home/engine/[^ ]*" /proc/mounts || true; } | while read -r mount; do umount -l "$mount" || true; done
  for link in docker0 docker_gwbridge; do
    if [ -e "$home/engine/made-$link" ]; then
      ip link delete "$link" 2>/dev/null || true
      rm -f "$home/engine/made-$link"
    fi
  done
  if [ -e "$home/engine/iptables.before" ]; then
    # Only Docker's own rules and chains go; whatever else came since stays.
    iptables-save 2>/dev/null | grep -v -E 'DOCKER|docker0|docker_gwbridge' >"$home/engine/iptables.after" || true
    local policy
    policy=$(sed -n 's/^:FORWARD \([A-Z]*\).*/\1/p' "$home/engine/iptables.before" | head -n 1)
    sed -i "s/^:FORWARD [A-Z]*/:FORWARD ${policy:-ACCEPT}/" "$home/engine/iptables.after"
    iptables-restore <"$home/engine/iptables.after" 2>/dev/null || note "Docker's iptables rules could not be removed"
    rm -f "$home/engine/iptables.before" "$home/engine/iptables.after"
  fi
  if [ -e "$home/engine/ip_forward.before" ]; then
    cat "$home/engine/ip_forward.before" >/proc/sys/net/ipv4/ip_forward
    rm -f "$home/engine/ip_forward.before"
  fi
}

farewell() {
  say "Ready"
  note "console    https://$(setting external)/console/   (user admin, password in .holdfast/admin-password)"
  note "           your browser will warn: the certificate comes from this cluster's own CA. Either go on past the"
  note "           warning, or let the browser trust .holdfast/ca.pem (fetched from https://$(setting external)/ca)"
  note "commands   $binary --help"
  note "stop       ./up --down"
}
