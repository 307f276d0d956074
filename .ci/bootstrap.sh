# Sourced by ./run and ./check: finds a Python, installs what the lock says, sets the paths of a run.
# Needs nothing but Python 3.11 or newer with its venv module, and a package index.

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

find_python() {
    local candidate
    # A shim on the PATH may not run: ask each one, and take the interpreter behind it.
    for candidate in python3.13 python3.12 python3.11 python3 python; do
        "$candidate" -c 'import sys; assert sys.version_info >= (3, 11); print(sys.executable)' \
            2>/dev/null && return
    done
    fail "Python 3.11 or newer is needed; install it (Debian: apt install python3 python3-venv)."
}

install() { # the groups and extras to install, as uv's options
    local python
    python=$(find_python)
    if [ ! -x .uv/bin/uv ]; then
        rm -rf .uv
        # Debian packs these apart, for each version of Python
        "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python lacks ensurepip or venv" \
            "(Debian: apt install $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'))."
        "$python" -m venv .uv
        .uv/bin/python -m pip --quiet --disable-pip-version-check install uv==0.13.9
    fi
    # --inexact: what ./check added is not taken away by ./run
    UV_PYTHON_DOWNLOADS=never .uv/bin/uv sync --quiet --frozen --inexact --python "$python" "$@"
}

has_java() { java -version 2>&1 | grep -qE 'version "(1[7-9]|2[0-9])'; }

export OMNITOUCH_WAREHOUSE=${OMNITOUCH_WAREHOUSE:-warehouse}
mkdir -p "$OMNITOUCH_WAREHOUSE"
OMNITOUCH_WAREHOUSE=$(cd "$OMNITOUCH_WAREHOUSE" && pwd)
# dbt keeps its artifacts and logs in the warehouse they belong to.
export DBT_TARGET_PATH=$OMNITOUCH_WAREHOUSE/target DBT_LOG_PATH=$OMNITOUCH_WAREHOUSE/logs
# Compiled modules are kept: they halve the start of every step.
unset PYTHONDONTWRITEBYTECODE
