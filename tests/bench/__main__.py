"""`python -m tests.bench`: every measurement, one after another, each in a process of its own."""

import subprocess
import sys

MEASURED = (
    "sandbox_ceiling",
    "fetch",
    "export",
    "media",
    "verify",
    "transfer",
    "tuning",
    "two_writers",
    "answers",
    "render",
    "kills",
)


def main() -> int:
    failed = []
    for name in MEASURED:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
