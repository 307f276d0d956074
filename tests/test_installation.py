"""What has to hold before anything of the product runs: Python's modules, Spark's options."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import jinja2
import yaml

PROJECT = Path(__file__).parents[1]


def test_a_python_without_ensurepip_is_told_by_the_package_that_has_it(tmp_path: Path) -> None:
    python = tmp_path / "python without pip"
    # as Debian's python3 without python3.N-venv: venv is there, ensurepip is not
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    done = subprocess.run(
        [
            "bash",
            "-c",
            '. "$0"; find_python() { echo "$CHOSEN"; }; install',
            PROJECT / ".ci/bootstrap.sh",
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "CHOSEN": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    major, minor = sys.version_info[:2]
    assert f"apt install python{major}.{minor}-venv" in done.stderr


def test_a_warehouse_path_with_a_blank_is_one_option_of_sparks_jvm() -> None:
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    spark = profiles["omnitouch"]["outputs"]["spark"]["server_side_parameters"]
    options = jinja2.Template(spark["spark.driver.extraJavaOptions"]).render(
        env_var=lambda *_: "/data/my brand"
    )
    assert shlex.split(options) == [
        "-Duser.timezone=UTC",
        "-Dderby.stream.error.file=/data/my brand/spark/derby.log",
    ]
