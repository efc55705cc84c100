"""Fault B22: importing zmq starts no thread, and a context that was made before a
fork is of use in the child."""
import os
import sys

import zmq


def threads():
    return len(os.listdir("/proc/self/task"))


def exchange(ctx):
    a, b = ctx.socket(zmq.PAIR), ctx.socket(zmq.PAIR)
    b.connect("tcp://127.0.0.1:%d" % a.bind_to_random_port("tcp://127.0.0.1"))
    a.send(b"there")
    assert b.recv() == b"there"
    a.close()
    b.close()


assert threads() == 1, threads()
assert zmq.has("curve") and threads() == 1, threads()
ctx = zmq.Context()
for _ in range(2):
    child = os.fork()
    if not child:
        exchange(ctx)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
exchange(ctx)
ctx.term()
sys.exit(0)
