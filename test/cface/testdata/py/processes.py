"""Devices and workers in forked processes."""

import multiprocessing
import os

import common
import zmq
from zmq import devices

fork = multiprocessing.get_context("fork")


def worker(endpoint, results, over):
    ctx = zmq.Context.instance()  # of this process, not the parent's
    rep, push = common.new(ctx, zmq.REP), common.new(ctx, zmq.PUSH, linger=-1)
    rep.connect(endpoint)
    push.connect(results)
    while not over.is_set():
        if rep.poll(20):
            rep.send(rep.recv() + b" by %d" % os.getpid())
    push.send(b"%d" % os.getpid())
    rep.close()
    push.close()
    ctx.term()


def dies(ctx, s):
    # What the parent had is of no use here, and must neither hang nor crash.
    try:
        s.send(b"x", zmq.DONTWAIT)
    except zmq.ZMQError:
        pass
    os._exit(0)


def main():
    device = devices.ProcessDevice(zmq.QUEUE, zmq.ROUTER, zmq.DEALER)
    device.context_factory = zmq.Context
    front, back = device.bind_in_to_random_port("tcp://127.0.0.1"), device.bind_out_to_random_port("tcp://127.0.0.1")
    device.start()
    ctx = zmq.Context.instance()
    pull = common.new(ctx, zmq.PULL)
    results = common.bound(pull)
    over = fork.Event()
    workers = [fork.Process(target=worker, args=(f"tcp://127.0.0.1:{back}", results, over)) for _ in range(2)]
    for w in workers:
        w.start()
    req = common.new(ctx, zmq.REQ)
    req.connect(f"tcp://127.0.0.1:{front}")
    for i in range(20):
        req.send(b"task %d" % i)
        assert req.recv().startswith(b"task %d by " % i)
    over.set()
    assert {int(pull.recv()) for _ in workers} == {w.pid for w in workers}
    for w in workers:
        w.join(30)
        assert w.exitcode == 0
    device.launcher.terminate()
    device.launcher.join(30)
    req.close()
    pull.close()
    ctx.term()


def inherited():
    with zmq.Context() as ctx, common.new(ctx, zmq.PUSH) as s:
        common.bound(s)
        pid = os.fork()
        if pid == 0:
            dies(ctx, s)
        assert os.waitpid(pid, 0)[1] == 0


main()
if zmq.zmq_version_info() >= (4, 3, 6):  # undefined in libzmq
    inherited()
