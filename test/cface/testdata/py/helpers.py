"""What pyzmq has around sockets: decorators, serialisers, logging, draft names, errors."""

import errno
import logging

import common
import zmq
from zmq.decorators import context, socket
from zmq.log.handlers import PUBHandler
from zmq.utils import z85


@context()
@socket(zmq.PULL)
@socket(zmq.PUSH)
def decorated(ctx, pull, push):
    push.connect(common.bound(pull))
    push.send_json({"number": 1})
    assert pull.recv_json() == {"number": 1}
    push.send_string("ä")
    assert pull.recv_string() == "ä"
    push.send_pyobj([1, "two"])
    assert pull.recv_pyobj() == [1, "two"]
    push.send_serialized([b"a", "b"], lambda m: [m[0], m[1].encode()])
    assert pull.recv_serialized(lambda f: (f[0], f[1].decode())) == (b"a", "b")


decorated()

with zmq.Context() as ctx:
    # Records are published, each level under its name.
    pub, sub = common.new(ctx, zmq.XPUB), common.new(ctx, zmq.SUB)
    sub.connect(common.bound(pub))
    sub.subscribe("app.ERROR")
    assert pub.recv() == b"\1app.ERROR"
    log = logging.getLogger("zeroth")
    handler = PUBHandler(pub)
    handler.setRootTopic("app")
    log.addHandler(handler)
    log.propagate = False
    log.warning("not this")
    log.error("but this")
    topic, text = sub.recv_multipart()
    assert topic == b"app.ERROR" and b"but this" in text
    pub.close()
    sub.close()

    # Every option that can be read is read, by its name.
    s = common.new(ctx, zmq.DEALER)
    seen = 0
    for option in zmq.SocketOption:
        try:
            s.getsockopt(option)
            seen += 1
        except (zmq.ZMQError, OverflowError) as e:
            assert getattr(e, "errno", zmq.EINVAL) == zmq.EINVAL, (option, e)
    assert seen > 40, seen
    s.identity = b"me"
    assert s.identity == b"me" and s.getsockopt_string(zmq.IDENTITY) == "me"
    s.set_hwm(5)
    assert s.get_hwm() == 5 and s.sndhwm == s.rcvhwm == 5
    common.fails(zmq.EINVAL, s.setsockopt, zmq.SNDHWM, -1)
    common.fails(zmq.EPROTONOSUPPORT, s.bind, "nothing://x")
    common.fails(zmq.EINVAL, s.connect, "nonsense")
    common.fails(errno.ENOENT, s.unbind, "tcp://127.0.0.1:1")
    port = s.bind_to_random_port("tcp://127.0.0.1")
    t = common.new(ctx, zmq.DEALER)
    try:
        t.bind(f"tcp://127.0.0.1:{port}")
        raise AssertionError("the port is taken")
    except zmq.ZMQError as e:
        assert e.errno == zmq.EADDRINUSE
    s.close()
    t.close()
    s = common.new(ctx, zmq.REQ)
    common.fails(zmq.EFSM, s.recv)
    s.close()

public, secret = zmq.curve_keypair()
assert z85.encode(z85.decode(public)) == public and len(z85.decode(secret)) == 32
assert zmq.curve_public(secret) == public
assert zmq.has("curve") and zmq.has("ipc") and not zmq.has("nonsense")
assert zmq.strerror(zmq.EAGAIN) and zmq.zmq_version_info() >= (4, 3, 4)
