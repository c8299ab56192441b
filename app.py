"""Starts the web app."""

import logging
import sys
from datetime import UTC, datetime

from assistant.session import Session
from assistant.settings import get_settings
from assistant.store import open_state
from assistant.ui import run
from index.types import PolicyError


def main() -> None:
    logging.basicConfig(format="%(message)s")
    logging.getLogger("assistant").setLevel(logging.INFO)
    try:
        settings = get_settings()
        store = open_state(settings, datetime.now(UTC))
        run(Session.open(settings), settings, store)
    except PolicyError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
