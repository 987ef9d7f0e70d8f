# Sourced by ./run and ./test: a virtual environment that holds exactly what a lock file names.
VENV="${VENV:-.venv}"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "未找到 Python 3.11 或更高版本。Debian 12：apt-get install python3 python3-venv"
    say "Python 3.11 or newer was not found. On Debian 12: apt-get install python3 python3-venv"
    return 1
}

# make_venv LOCK...: installs the last lock, which includes those before it; each installed lock
# leaves its hash, so that a start with unchanged locks skips pip.
make_venv() {
    local lock wanted mark python
    lock="${*: -1}"
    wanted="$(cat "$@" | sha256sum | cut -d' ' -f1)"
    mark="$VENV/.installed-$lock"
    if [ -x "$VENV/bin/python" ] && [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if [ ! -x "$VENV/bin/python" ]; then
        python="$(find_python)"
        if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
            say "缺少 python3-venv，请先安装：apt-get install python3-venv"
            say "python3-venv is missing. Install it first: apt-get install python3-venv"
            return 1
        fi
        say "正在创建虚拟环境… (making the virtual environment)"
        "$python" -m venv "$VENV"
    fi
    say "正在安装依赖… (installing what $lock names)"
    # The lock is complete, so nothing is resolved; what is imported is compiled then.
    if ! "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --no-compile --no-deps --requirement "$lock"; then
        say "依赖安装失败，请检查网络或软件源设置后重试。"
        say "Installing the dependencies failed. Check the network or the package index."
        return 1
    fi
    printf '%s' "$wanted" >"$mark"
}
