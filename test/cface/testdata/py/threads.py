"""Threads: sockets of their own, sockets that are handed on, and many contexts."""

import queue
import threading

import common
import zmq


def workers():
    """The pattern of the manual: clients, a proxy, workers, all in threads."""
    ctx = zmq.Context()
    front, back = ctx.socket(zmq.ROUTER), ctx.socket(zmq.DEALER)
    where = common.bound(front)
    back.bind("inproc://workers")

    def proxy():
        try:
            zmq.proxy(front, back)
        except zmq.ContextTerminated:
            front.close(linger=0)
            back.close(linger=0)

    def work():
        s = ctx.socket(zmq.REP)
        s.connect("inproc://workers")
        try:
            while True:
                s.send(s.recv()[::-1])
        except zmq.ContextTerminated:
            s.close(linger=0)

    def client(n):
        with common.new(ctx, zmq.REQ) as s:
            s.connect(where)
            for i in range(100):
                s.send_string(f"{n}-{i}")
                assert s.recv_string() == f"{n}-{i}"[::-1]
        done.put(n)

    done = queue.Queue()
    serving = [threading.Thread(target=f) for f in (proxy, work, work, work)]
    clients = [threading.Thread(target=client, args=(n,)) for n in range(8)]
    for t in serving + clients:
        t.start()
    for t in clients:
        t.join()
    assert sorted(done.get() for _ in clients) == list(range(8))
    ctx.term()
    for t in serving:
        t.join()


def handed_on():
    """A socket goes from thread to thread; the queue is the fence."""
    with zmq.Context() as ctx:
        pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
        hands = [queue.Queue() for _ in range(4)]

        def hand(n):
            for i in range(50):
                s = hands[n].get(timeout=60)
                s.send(b"%d" % n)
                hands[(n + 1) % 4].put(s)

        threads = [threading.Thread(target=hand, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        hands[0].put(push)
        assert [pull.recv() for _ in range(200)] == [b"%d" % (i % 4) for i in range(200)]
        for t in threads:
            t.join()
        pull.close()
        push.close()


def contexts():
    """Forty contexts at once, each with names of its own."""
    def run(n):
        for _ in range(5):
            with zmq.Context() as ctx:
                a, b = common.new(ctx, zmq.PAIR), common.new(ctx, zmq.PAIR)
                a.bind("inproc://same")
                b.connect("inproc://same")
                b.send(b"%d" % n)
                assert a.recv() == b"%d" % n
                a.close()
                b.close()
        good.append(n)

    good = []
    threads = [threading.Thread(target=run, args=(n,)) for n in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(good) == 40


workers()
handed_on()
contexts()
