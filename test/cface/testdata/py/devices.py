"""Devices and proxies, in threads and in processes, with and without control."""

import struct
import time

import common
import zmq
from zmq import devices


def ask(front, back, frames=1):
    """A question that goes through a device, and its answer."""
    with zmq.Context() as ctx:
        req, rep = common.new(ctx, zmq.REQ), common.new(ctx, zmq.REP)
        req.connect(front)
        rep.connect(back)
        for i in range(10):
            req.send_multipart([b"q%d" % i] * frames)
            assert rep.recv_multipart() == [b"q%d" % i] * frames
            rep.send(b"a%d" % i)
            assert req.recv() == b"a%d" % i
        req.close()
        rep.close()


def queue(device):
    front = f"tcp://127.0.0.1:{device.bind_in_to_random_port('tcp://127.0.0.1')}"
    back = f"tcp://127.0.0.1:{device.bind_out_to_random_port('tcp://127.0.0.1')}"
    device.start()
    ask(front, back)
    ask(front, back, 3)


def streamer():
    device = devices.ThreadDevice(zmq.STREAMER, zmq.PULL, zmq.PUSH)
    front, back = device.bind_in_to_random_port("tcp://127.0.0.1"), device.bind_out_to_random_port("tcp://127.0.0.1")
    device.setsockopt_in(zmq.RCVHWM, 10)
    device.setsockopt_out(zmq.LINGER, 0)
    device.start()
    with zmq.Context() as ctx:
        push, pull = common.new(ctx, zmq.PUSH), common.new(ctx, zmq.PULL)
        push.connect(f"tcp://127.0.0.1:{front}")
        pull.connect(f"tcp://127.0.0.1:{back}")
        for i in range(500):
            push.send(b"%d" % i)
        assert [pull.recv() for _ in range(500)] == [b"%d" % i for i in range(500)]
        push.close()
        pull.close()


def forwarder():
    device = devices.ThreadDevice(zmq.FORWARDER, zmq.XSUB, zmq.XPUB)
    front, back = device.bind_in_to_random_port("tcp://127.0.0.1"), device.bind_out_to_random_port("tcp://127.0.0.1")
    device.start()
    with zmq.Context() as ctx:
        pub, sub = common.new(ctx, zmq.XPUB), common.new(ctx, zmq.SUB)
        pub.connect(f"tcp://127.0.0.1:{front}")
        sub.subscribe("goal")
        sub.connect(f"tcp://127.0.0.1:{back}")
        assert pub.recv() == b"\1goal"
        pub.send_multipart([b"foul", b"x"])
        pub.send_multipart([b"goal", b"y"])
        assert sub.recv_multipart() == [b"goal", b"y"]
        pub.close()
        sub.close()


def monitored_queue():
    device = devices.ThreadMonitoredQueue(zmq.ROUTER, zmq.DEALER, zmq.PUB, b"in", b"out")
    front, back, mon = (bind("tcp://127.0.0.1") for bind in (
        device.bind_in_to_random_port, device.bind_out_to_random_port, device.bind_mon_to_random_port))
    device.start()
    with zmq.Context() as ctx:
        sub = common.new(ctx, zmq.SUB, rcvtimeo=50)
        sub.subscribe("")
        sub.connect(f"tcp://127.0.0.1:{mon}")
        end = time.monotonic() + 20
        seen = set()
        while seen != {b"in", b"out"}:  # until the subscription is there
            assert time.monotonic() < end, seen
            ask(f"tcp://127.0.0.1:{front}", f"tcp://127.0.0.1:{back}")
            try:
                while True:
                    seen.add(sub.recv_multipart()[0])
            except zmq.Again:
                pass
        sub.close()


def steered():
    device = devices.ThreadProxySteerable(zmq.PULL, zmq.PUSH, zmq.PUSH, zmq.PAIR)
    front, back, copies = (bind("tcp://127.0.0.1") for bind in (
        device.bind_in_to_random_port, device.bind_out_to_random_port, device.bind_mon_to_random_port))
    control_port = device.bind_ctrl_to_random_port("tcp://127.0.0.1")
    device.start()
    with zmq.Context() as ctx:
        push, pull, copy = common.new(ctx, zmq.PUSH), common.new(ctx, zmq.PULL), common.new(ctx, zmq.PULL)
        control = common.new(ctx, zmq.PAIR)
        push.connect(f"tcp://127.0.0.1:{front}")
        pull.connect(f"tcp://127.0.0.1:{back}")
        copy.connect(f"tcp://127.0.0.1:{copies}")
        control.connect(f"tcp://127.0.0.1:{control_port}")

        def statistics():
            control.send(b"STATISTICS")
            return [struct.unpack("=Q", f)[0] for f in control.recv_multipart()]

        push.send(b"12345")
        assert pull.recv() == b"12345" and copy.recv() == b"12345"
        assert statistics() == [1, 5, 0, 0, 0, 0, 1, 5]
        control.send(b"PAUSE")
        statistics()  # answered after the pause has begun
        push.send(b"held")
        assert pull.poll(common.SHORT) == 0
        control.send(b"RESUME")
        assert pull.recv() == b"held"
        control.send(b"TERMINATE")
        device.join(20)
        assert not device.launcher.is_alive()
        for s in push, pull, copy, control:
            s.close()


queue(devices.ThreadDevice(zmq.QUEUE, zmq.ROUTER, zmq.DEALER))
queue(devices.ThreadProxy(zmq.ROUTER, zmq.DEALER, zmq.PUB))
streamer()
forwarder()
monitored_queue()
steered()
