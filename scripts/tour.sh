#!/usr/bin/env bash
# The main job on real input, each step said in a line with its proof. Needs what ./up has started.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/local.sh

registry=$(setting external)
tour=$home/tour
image=$registry/acme/hello:1
anna_password=$(head -c 12 /dev/urandom | base64 | tr '+/' '-_')

rm -rf "$tour"
mkdir -p "$tour/admin" "$tour/anna" "$tour/empty"
chmod 700 "$tour"

# Docker clients with a configuration of their own, never yours.
export HOME=$tour/empty DOCKER_BUILDKIT=0 DOCKER_CLI_HINTS=false
unset DOCKER_CONTEXT DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH XDG_CONFIG_HOME || true
docker_program=docker
[ ! -x /usr/bin/docker ] || docker_program=/usr/bin/docker
docker_as() { # USER ARGUMENTS...
  local user=$1
  shift
  DOCKER_CONFIG=$tour/$user/docker DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$tour/$user/bundle DOCKER_HOST=tcp://$registry \
    "$docker_program" "$@"
}
holdfast_as() { # USER ARGUMENTS...
  local user=$1
  shift
  XDG_CONFIG_HOME=$tour/$user/config "$binary" "$@"
}

step=0
did() { # WHAT PROOF
  step=$((step + 1))
  printf '%3d. %s\n' "$step" "$1"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | sed -n '1,4p' | cut -c1-160 | sed 's/^/       │ /'
}
fail() {
  printf 'error: the tour stopped: %s\n' "$1" >&2
  printf '       what was made so far is left for you to look at: .holdfast/tour, .holdfast/server.log\n' >&2
  exit 1
}
# Runs a command whose words matter only when it fails.
quiet() { # WHAT COMMAND...
  local what=$1 said
  shift
  said=$("$@" 2>&1) || fail "$what: $said"
}
must_refuse() { # WHAT COMMAND...  prints what the refusal said
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then fail "$what was not refused"; fi
  printf '%s' "$said" | tail -n 2
}
await() { # SECONDS COMMAND...
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.2
  done
}

began=$SECONDS
say "The tour: the main job, on this machine"

# --- the administrator ---
quiet "signing in as admin" \
  holdfast_as admin login "https://$registry" --user admin --password-file "$home/admin-password" --ca "$home/ca.pem"
quiet "fetching the administrator's client bundle" holdfast_as admin bundle create "$tour/admin/bundle"
did "signed in as admin and fetched a client bundle" "$(docker_as admin version --format 'docker client {{.Client.Version}} → server {{.Server.Version}}')"

# What an earlier tour has left: the stack goes with its tasks and its network, which takes a moment.
gone() { [ -z "$(docker_as admin "$@")" ]; }
if ! gone service ls -q --filter name=hello_web || ! gone network ls -q --filter name=hello_default; then
  docker_as admin stack rm hello >/dev/null 2>&1 || true
  await 60 gone ps -q --filter name=hello_web || fail "the earlier tour's stack does not end"
  await 60 gone network ls -q --filter name=hello_default || fail "the earlier tour's network does not go"
fi
holdfast_as admin org create acme >/dev/null 2>&1 || true
holdfast_as admin team create acme web >/dev/null 2>&1 || true
holdfast_as admin user rm anna --yes >/dev/null 2>&1 || true
printf '%s' "$anna_password" >"$tour/anna/password"
quiet "creating the user anna" holdfast_as admin user create anna --password-file "$tour/anna/password"
quiet "adding anna to acme" holdfast_as admin member add acme anna
quiet "adding anna to the team" holdfast_as admin member add acme anna --team web
holdfast_as admin collection create /prod >/dev/null 2>&1 || true
holdfast_as admin grant rm --team acme/web --role restrictedcontrol --collection /prod --yes >/dev/null 2>&1 || true
holdfast_as admin repo disallow acme/hello web --yes >/dev/null 2>&1 || true
did "made organization acme, its team web, user anna in it, collection /prod" "$(holdfast_as admin member ls acme --team web)"

# --- build and push ---
rm -rf "$tour/hello"
cp -r examples/hello "$tour/hello"
mkdir -p "$tour/hello/bin"
cp /bin/busybox "$tour/hello/bin/busybox"
built=$(docker_as admin build -q -t "$image" "$tour/hello" 2>&1) || fail "docker build: $built"
did "docker build, through the control plane" "$built"
docker_as admin login "$registry" -u admin --password-stdin <"$home/admin-password" >/dev/null 2>&1 || fail "docker login"
holdfast_as admin repo create acme/hello >/dev/null 2>&1 || true
pushed=$(docker_as admin push "$image" 2>&1) || fail "docker push: $pushed"
did "docker login and docker push into the trusted registry" "$(printf '%s' "$pushed" | tail -n 1)"

# --- what anna may not do, and why ---
quiet "signing in as anna" \
  holdfast_as anna login "https://$registry" --user anna --password-file "$tour/anna/password" --ca "$home/ca.pem"
quiet "fetching anna's client bundle" holdfast_as anna bundle create "$tour/anna/bundle"
docker_as anna login "$registry" -u anna --password-stdin <"$tour/anna/password" >/dev/null 2>&1 || fail "docker login as anna"
did "anna fetched her own client bundle" "$(cd "$tour/anna/bundle" && ls | tr '\n' ' ')"
did "refused: anna pulls acme/hello, a private repository of others" \
  "$(must_refuse "anna's pull" docker_as anna pull "$image")"
quiet "granting the repository" holdfast_as admin repo allow acme/hello web read
quiet "anna's pull after the grant" docker_as anna pull -q "$image"
did "allowed: team acme/web reads acme/hello; at once anna's pull works"
export IMAGE=$image
did "refused: anna deploys into /prod" \
  "$(must_refuse "anna's deploy" docker_as anna stack deploy -c examples/hello/compose.yml hello)"
did "and why: holdfast access explain" \
  "$(holdfast_as admin access explain --user anna --operation 'Service Create' --collection /prod 2>&1 || true)"

# --- a grant, and at once it works ---
quiet "granting" holdfast_as admin grant create --team acme/web --role restrictedcontrol --collection /prod
did "granted: team acme/web has Restricted Control on /prod" \
  "$(holdfast_as admin access explain --user anna --operation 'Service Create' --collection /prod 2>&1 || true)"
deployed=$(docker_as anna stack deploy -c examples/hello/compose.yml hello 2>&1) || fail "docker stack deploy: $deployed"
did "docker stack deploy with anna's bundle, into /prod" "$(printf '%s' "$deployed" | tail -n 2)"

replicas() { [ "$(docker_as anna service ls --filter name=hello_web --format '{{.Replicas}}')" = "$1" ]; }
await 60 replicas 1/1 || fail "the service did not start: $(docker_as anna service ps --no-trunc hello_web 2>&1)"
container_port() {
  docker_as anna ps --filter name=hello_web --format '{{.Ports}}' | sed -n 's/.*:\([0-9]*\)->8080.*/\1/p' | head -n 1
}
page_port=$(container_port)
[ -n "$page_port" ] || fail "the service publishes no port"
page() { curl -sf --max-time 5 "http://127.0.0.1:$page_port/" | grep -o '<h1>.*</h1>'; }
await 20 page || fail "the page at port $page_port does not answer"
did "fetched the page that the service serves, http://127.0.0.1:$page_port/" "$(page)"

docker_as anna service scale -d hello_web=3 >/dev/null || fail "docker service scale"
await 60 replicas 3/3 || fail "the service did not scale: $(docker_as anna service ps hello_web 2>&1)"
did "docker service scale hello_web=3" "$(docker_as anna service ls --format '{{.Name}}  {{.Replicas}}  {{.Image}}')"
did "docker service logs" "$(docker_as anna service logs --tail 1 hello_web 2>&1)"

# --- the account is closed: the open stream ends ---
docker_as anna service logs -f --tail 1 hello_web >"$tour/anna/follow" 2>&1 &
follow=$!
await 10 test -s "$tour/anna/follow" || fail "logs -f gave nothing"
closed=$(date +%s%N)
quiet "deactivating anna" holdfast_as admin user update anna --active false
ended=""
for _ in $(seq 100); do
  if ! kill -0 "$follow" 2>/dev/null; then ended=$(date +%s%N); break; fi
  sleep 0.05
done
[ -n "$ended" ] || { kill "$follow" 2>/dev/null || true; fail "the open logs -f did not end within 5 seconds"; }
did "deactivated anna: her open logs -f ended after $(((ended - closed) / 1000000)) ms, and" \
  "$(must_refuse "anna's next command" docker_as anna service ls)"

did "the audit trail: who did what, allowed or refused, and why" "$(holdfast_as admin audit --action 'Service Create' --limit 3 2>&1)"
date -u +%Y-%m-%dT%H:%M:%SZ >"$tour/taken"
note "the service runs on"
note "the tour took $((SECONDS - began)) s"
