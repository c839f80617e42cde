# shellcheck shell=bash
# Shared by scripts/demo and scripts/test: brings a bare Debian clone to the point where it can run. Sourced, not run.
# Says what it does while it does it, does nothing twice, and ends with a sentence of what to do when something is missing.

say() { printf '\033[1m» %s\033[0m\n' "$*" >&2; }
stop() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else stop "This needs root once: run as root or install sudo, or install by hand: apt-get install $missing"
  fi
}

# need_debian PROGRAM=PACKAGE ... : installs the packages whose programs (or files, with a slash) are absent.
need_debian() {
  missing=""
  local pair program
  for pair in "$@"; do
    program=${pair%%=*}
    case $program in
      */*) [ -e "$program" ] && continue ;;
      *) PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null && continue ;;
    esac
    missing="$missing ${pair#*=}"
  done
  missing=${missing# }
  [ -z "$missing" ] && return 0
  command -v apt-get >/dev/null || stop "Missing: $missing. This is no Debian system: install them with its own package tool and run this again."
  say "Installing from Debian: $missing"
  local log; log=$(mktemp)
  # shellcheck disable=SC2086 # a list of package names
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1 \
    || { tail -n 15 "$log" >&2; stop "apt-get could not install $missing: see the lines above, then run this again."; }
  rm -f "$log"
}

# need_node_modules : npm ci, once per package-lock.json; brings its own Node 24.
need_node_modules() {
  command -v npm >/dev/null || stop "npm is missing: apt-get install nodejs npm, then run this again."
  if ! cmp -s package-lock.json node_modules/.skyeye-lock; then
    say "Installing npm packages (with Node 24 among them)"
    # onnxruntime-node's postinstall would fetch CUDA files, which an edge box has no use for.
    ONNXRUNTIME_NODE_INSTALL=skip npm ci --no-audit --no-fund --loglevel=error >&2 \
      || stop "npm ci failed: see the lines above. It needs the npm registry; run this again when it is reachable."
    cp package-lock.json node_modules/.skyeye-lock
  fi
  export PATH="$PWD/node_modules/.bin:$PATH"
}

# need_build : compiles src/ to dist/ where a source is newer.
need_build() {
  if [ ! -e dist/main.js ] || [ -n "$(find src package.json tsconfig.json tsconfig.build.json -newer dist/main.js -print -quit)" ]; then
    say "Building"
    npm run --silent build >&2 || stop "The build failed: see the lines above."
  fi
}

# use_mirror : where a checkout has the public weights beside it, take models from there.
use_mirror() {
  if [ -z "${SKYEYE_MODELS_MIRROR:-}" ] && [ -d ../shared/models ]; then
    SKYEYE_MODELS_MIRROR="$(cd ../shared/models && pwd)"
    export SKYEYE_MODELS_MIRROR
  fi
}
