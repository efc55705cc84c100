"""The arguments that all programs here take: endpoints, and --count."""

import argparse


def arguments(about, *endpoints, count=None):
    """The endpoints, which are these if none are given, and how many messages."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("endpoint", nargs="*", help="default: " + " ".join(endpoints))
    parser.add_argument("--count", type=int, default=count, help="stop after so many messages")
    args = parser.parse_args()
    return args.endpoint or list(endpoints), args.count


def counted(count):
    """0, 1, 2 and so on; for ever if count is None."""
    i = 0
    while count is None or i < count:
        yield i
        i += 1
