"""PostgreSQL and MariaDB of Debian's packages, each started for a test and ended with it.

A server lies in a folder of its own below the system's temporary one and listens on 127.0.0.1 alone. It
refuses to run as root, so root lets `nobody` run it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

USER, WORD = "shoal", "p@ss/w:rd"
PATIENCE = 90
POSTGRES = ("postgres", "/usr/lib/postgresql/*/bin")
MARIADB = ("mariadbd", "/usr/sbin")
SYSTEM = ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data")
"""What its own installer reads, too, which Debian keeps in a package that starts a service."""


def found(name, more):
    """Where a program is; Debian keeps some beside the usual folders."""
    places = sorted(Path("/").glob(more.lstrip("/") + f"/{name}"))
    path = next((str(it) for it in reversed(places) if os.access(it, os.X_OK)), shutil.which(name))
    if path is None:
        pytest.skip(f"needs {name}: run `make databases`")
    return path


def free_port():
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def whoever():
    """Who runs a server: whoever we are, but not root."""
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.geteuid() == 0 else {}


@contextmanager
def folder_for_it():
    """A folder that the server's user may write into."""
    folder = Path(tempfile.mkdtemp(prefix="shoal-db-"))
    if os.geteuid() == 0:
        one = pwd.getpwnam("nobody")
        os.chown(folder, one.pw_uid, one.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def made(command, folder, said=None):
    """Runs what makes a server's files."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, input=said, check=False, **whoever()
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@contextmanager
def running(command, folder, port):
    """The server, from when it listens; it is ended by its own number."""
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **whoever())
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                told = (folder / "log").read_text(errors="replace")
                assert server.poll() is None, told[-2000:]
                assert time.monotonic() < end, told[-2000:]
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answering(connect, refused):
    """Waits until it lets somebody in: it listens before it does."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return connect().close()
        except refused:
            assert time.monotonic() < end
            time.sleep(0.1)


@contextmanager
def postgres():
    """The address of a PostgreSQL, with ``${PASSWORD}`` in it."""
    psycopg = pytest.importorskip("psycopg")
    program = found(*POSTGRES)
    with folder_for_it() as folder:
        data, port = folder / "data", free_port()
        (folder / "word").write_text(WORD)
        (folder / "word").chmod(0o644)
        initdb = str(Path(program).with_name("initdb"))
        made([initdb, "-D", str(data), "-U", USER, "-A", "scram-sha-256", "--no-sync", "-E", "UTF8",
              "--locale=C", f"--pwfile={folder / 'word'}"], folder)  # fmt: skip
        command = [program, "-D", str(data), "-p", str(port), "-k", str(folder), "-F",
                   "-c", "listen_addresses=127.0.0.1"]  # fmt: skip
        with running(command, folder, port):
            answering(
                lambda: psycopg.connect(
                    host="127.0.0.1", port=port, user=USER, password=WORD, dbname="postgres"
                ),
                psycopg.OperationalError,
            )
            yield f"postgresql+psycopg://{USER}:${{PASSWORD}}@127.0.0.1:{port}/postgres"


@contextmanager
def mariadb():
    """The address of a MariaDB, with ``${PASSWORD}`` in it."""
    pymysql = pytest.importorskip("pymysql")
    program = found(*MARIADB)
    with folder_for_it() as folder:
        data, port, door = folder / "data", free_port(), folder / "socket"
        parts = [Path("/usr/share/mysql", f"{it}.sql").read_text() for it in SYSTEM]
        said = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n" + "\n".join(
            parts
        )
        data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(data, "nobody")
        words = "--lc-messages-dir=/usr/share/mysql"
        made([program, "--no-defaults", "--bootstrap", f"--datadir={data}", words], folder, said)
        command = [program, "--no-defaults", f"--datadir={data}", f"--socket={door}", f"--port={port}",
                   "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}",
                   "--innodb-flush-log-at-trx-commit=0", "--default-time-zone=+09:00"]  # fmt: skip
        with running(command, folder, port):
            with (
                pymysql.connect(unix_socket=str(door), user="root") as base,
                base.cursor() as asked,
            ):
                asked.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
                asked.execute(f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{WORD}'")
                asked.execute(f"GRANT ALL ON shop.* TO '{USER}'@'127.0.0.1'")
            yield f"mysql+pymysql://{USER}:${{PASSWORD}}@127.0.0.1:{port}/shop"


SERVERS = {"postgresql": postgres, "mariadb": mariadb}
