"""Ctrl-C ends whatever waits; a handler that does not raise lets it go on."""

import signal
import threading

import common
import zmq


def interrupted(call, *args):
    try:
        with common.Interrupts():
            call(*args)
    except KeyboardInterrupt:
        return
    raise AssertionError(f"{call} was not interrupted")


ctx = zmq.Context()
alone = ctx.socket(zmq.PAIR)
pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
pull.rcvtimeo = -1
poller = zmq.Poller()
poller.register(pull, zmq.POLLIN)

for _ in range(2):
    interrupted(pull.recv)
    interrupted(pull.recv_multipart)
    interrupted(lambda: pull.recv(copy=False))
    interrupted(alone.send, b"x")
    interrupted(pull.poll)
    interrupted(poller.poll)
    interrupted(lambda: zmq.select([pull], [], []))
    interrupted(lambda: zmq.proxy(pull, push))
pull.rcvtimeo = common.LONG
interrupted(pull.recv)

# Nothing was lost.
push.send(b"still here")
assert pull.recv() == b"still here"

# The end of a context can be interrupted as well, and goes on afterwards.
other = zmq.Context()
s = other.socket(zmq.PUSH)
s.linger = -1
s.connect("tcp://127.0.0.1:1")
s.send(b"never")
interrupted(other.term)
s.close(linger=0)
other.term()

# A handler that returns: the call goes on with what is left of its time.
caught = []
signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
timer = threading.Timer(0.5, push.send, (b"late",))
timer.start()
with common.Interrupts(signal.SIGUSR1, 0.02):
    assert pull.recv() == b"late"
    assert pull.poll(200) == 0
assert len(caught) > 3
timer.join()

pull.close()
push.close()
alone.close()
ctx.term()
