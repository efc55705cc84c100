"""Records what libzmq puts on the wire, for the tests of this package.

Usage: python3 record.py [name prefix]

Needs pyzmq. Each recording is a libzmq socket bound to a loopback port with a
plain TCP connection at the other end, which plays the peer byte by byte. It is
written next to this script as NAME.hex: comment lines that begin with "#",
then the bytes that came from libzmq, in hexadecimal.
"""

import contextlib
import os
import select
import socket
import struct
import sys
import threading
import time

import zmq

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 10  # seconds; a recording that takes longer has failed

SIGNATURE = b"\xff" + bytes(7) + b"\x01\x7f"
ID = b"peer-1"
X_METADATA = 95  # ZMQ_METADATA

# Socket types that speak ZMTP, each with one that may be its peer.
PEERS = {
    "PAIR": "PAIR",
    "PUB": "SUB",
    "SUB": "PUB",
    "REQ": "REP",
    "REP": "REQ",
    "DEALER": "ROUTER",
    "ROUTER": "DEALER",
    "PULL": "PUSH",
    "PUSH": "PULL",
    "XPUB": "SUB",
    "XSUB": "PUB",
}


def greeting(minor=1, mechanism=b"NULL"):
    return SIGNATURE + bytes([3, minor]) + mechanism.ljust(20, b"\0") + bytes(32)


def frame(body, flags=0):
    if len(body) > 255:
        return bytes([flags | 2]) + struct.pack(">Q", len(body)) + body
    return bytes([flags, len(body)]) + body


def command(name, data=b""):
    return frame(bytes([len(name)]) + name + data, 4)


def ready(kind):
    return command(b"READY", b"\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind.encode())


class Peer:
    """The TCP end of a recording; keeps everything it has read."""

    def __init__(self, sock, port):
        self.sock = sock
        self.conn = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.seen = b""

    def send(self, data):
        self.conn.sendall(data)

    def take(self, n):
        out = b""
        deadline = time.monotonic() + TIMEOUT
        while len(out) < n:
            # A libzmq socket learns of a new peer only inside a call to it.
            while not select.select([self.conn], [], [], 0.01)[0]:
                self.sock.getsockopt(zmq.EVENTS)
                if time.monotonic() > deadline:
                    raise TimeoutError("waiting for %d bytes after %r" % (n, self.seen + out))
            got = self.conn.recv(n - len(out))
            if not got:
                raise EOFError("libzmq closed the connection after %r" % (self.seen + out))
            out += got
        self.seen += out
        return out

    def take_frame(self, body_limit=None):
        head = self.take(2)
        if head[0] & 2:
            head += self.take(7)
            size = struct.unpack(">Q", head[1:])[0]
        else:
            size = head[1]
        return head + self.take(size if body_limit is None else min(size, body_limit))

    def handshake(self, kind, minor=1):
        """Plays a NULL peer of the given kind and forgets what came."""
        self.send(greeting(minor) + ready(kind))
        self.take(64)
        self.take_frame()
        self.seen = b""


@contextlib.contextmanager
def bound(kind, options=()):
    """A libzmq socket and a TCP connection to it."""
    context = zmq.Context()
    sock = context.socket(getattr(zmq, kind))
    sock.linger = 0
    peer = None
    try:
        for option, value in options:
            sock.setsockopt(option, value)
        peer = Peer(sock, sock.bind_to_random_port("tcp://127.0.0.1"))
        yield sock, peer
    finally:
        if peer is not None:
            peer.conn.close()
        sock.close()
        context.term()


RECORDINGS = []  # (name, comment, function)


def recording(name, comment, function):
    RECORDINGS.append((name, comment, function))


# Greetings and handshakes.


def handshake(kind, options):
    def run():
        with bound(kind, options) as (_, peer):
            peer.send(greeting() + ready(PEERS[kind]))
            peer.take(64)
            peer.take_frame()
            return peer.seen

    return run


for kind in PEERS:
    recording("null-" + kind.lower(), kind + ": greeting and READY", handshake(kind, []))
    recording(
        "null-%s-id" % kind.lower(),
        kind + ' with routing id "peer-1": greeting and READY',
        handshake(kind, [(zmq.ROUTING_ID, ID)]),
    )
recording(
    "null-dealer-metadata",
    "DEALER with two properties of its own: greeting and READY",
    handshake("DEALER", [(X_METADATA, b"X-key:value"), (X_METADATA, b"X-other:two words")]),
)


def greeting_only(mechanism, options):
    def run():
        with bound("PULL", options) as (_, peer):
            peer.send(greeting(1, mechanism))
            return peer.take(64)

    return run


recording(
    "greeting-plain",
    "PULL as PLAIN server: greeting",
    greeting_only(b"PLAIN", [(zmq.PLAIN_SERVER, 1)]),
)
recording(
    "greeting-curve",
    "PULL as CURVE server: greeting",
    greeting_only(b"CURVE", [(zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, bytes(range(1, 33)))]),
)


def refused():
    """A ZAP handler that refuses everybody makes a NULL server send ERROR."""
    with bound("PULL", [(zmq.ZAP_DOMAIN, b"global")]) as (sock, peer):
        zap = sock.context.socket(zmq.REP)
        zap.linger = 0
        zap.rcvtimeo = TIMEOUT * 1000
        zap.bind("inproc://zeromq.zap.01")

        def handle():
            version, request = zap.recv_multipart()[:2]
            zap.send_multipart([version, request, b"400", b"no", b"", b""])

        handler = threading.Thread(target=handle)
        handler.start()
        try:
            peer.send(greeting() + ready("PUSH"))
            peer.take(64)
            peer.seen = b""
            return peer.take_frame()
        finally:
            handler.join()
            zap.close()


recording("null-error", "PULL whose ZAP handler answers 400: the command after the greeting", refused)

# Subscriptions.


def subscriptions(minor, steps):
    def run():
        with bound("SUB") as (sock, peer):
            peer.handshake("PUB", minor)
            for option, topic in steps:
                sock.setsockopt(option, topic)
                peer.take_frame()
            return peer.seen

    return run


STEPS = [
    (zmq.SUBSCRIBE, b""),
    (zmq.SUBSCRIBE, b"goal"),
    (zmq.UNSUBSCRIBE, b"goal"),
    (zmq.UNSUBSCRIBE, b""),
]
STEPS_TEXT = 'subscribes to "" and "goal", then cancels "goal" and ""'
recording("subscribe", "SUB to a 3.1 peer " + STEPS_TEXT, subscriptions(1, STEPS))
recording("subscribe-3.0", "SUB to a 3.0 peer " + STEPS_TEXT, subscriptions(0, STEPS))
recording(
    "subscribe-short",
    "SUB to a 3.1 peer subscribes to 245 times t, the longest topic of a short frame",
    subscriptions(1, [(zmq.SUBSCRIBE, b"t" * 245)]),
)
recording(
    "subscribe-long",
    "SUB to a 3.1 peer subscribes to 256 times t",
    subscriptions(1, [(zmq.SUBSCRIBE, b"t" * 256)]),
)


def subscribe_broken():
    with bound("SUB") as (sock, peer):
        peer.handshake("PUB")
        sock.subscribe(b"t" * 246)
        return peer.take(9 + 10 + 246)


recording(
    "subscribe-broken",
    "SUB to a 3.1 peer subscribes to 246 times t; an eight-byte length without the LONG flag",
    subscribe_broken,
)

# Heartbeats.


def ping():
    options = [(zmq.HEARTBEAT_IVL, 100), (zmq.HEARTBEAT_TTL, 2000), (zmq.HEARTBEAT_TIMEOUT, 60000)]
    with bound("PULL", options) as (_, peer):
        peer.handshake("PUSH")
        return peer.take_frame()


def pong():
    with bound("PULL") as (_, peer):
        peer.handshake("PUSH")
        for context in (b"", b"0123456789abcdef", b"0123456789abcdefghij"):
            peer.send(command(b"PING", b"\0\0" + context))
            peer.take_frame()
        return peer.seen


recording("ping", "PULL with a heartbeat TTL of 2 seconds", ping)
recording("pong", "PULL answers PINGs with contexts of 0, 16 and 20 bytes", pong)

# Messages.


def messages(parts_of_messages, body_limit=None):
    def run():
        with bound("PUSH") as (sock, peer):
            peer.handshake("PULL")
            for parts in parts_of_messages:
                sock.send_multipart(parts)
                for _ in parts:
                    peer.take_frame(body_limit)
            return peer.seen

    return run


for size in (0, 1, 255, 256):
    recording(
        "message-%d" % size,
        "PUSH sends %d times m" % size,
        messages([[b"m" * size]]),
    )
recording(
    "message-70000",
    "PUSH sends 70000 times m; the first 25 bytes",
    messages([[b"m" * 70000]], 16),
)
recording(
    "message-parts",
    "PUSH sends the parts a, empty, 256 times b, and c",
    messages([[b"a", b"", b"b" * 256, b"c"]]),
)

# Older versions. The peer's first bytes choose; revision 0 and 1 are followed
# by the peer's socket type and its identity, which is empty.


def legacy(kind, first, expect, act=None, options=()):
    def run():
        with bound(kind, options) as (sock, peer):
            peer.send(first)
            if act is not None:
                act(sock)
            return peer.take(expect)

    return run


V2_PULL = SIGNATURE + b"\x01\x07" + b"\0\0"
V2_PUB = SIGNATURE + b"\x01\x01" + b"\0\0"
V1_PULL = SIGNATURE + b"\0\x07" + b"\x01\0"
V1_PUB = SIGNATURE + b"\0\x01" + b"\x01\0"
V0 = b"\x01\0"


def send_edges(*sizes):
    def act(sock):
        for size in sizes:
            sock.send(b"m" * size)
        sock.send_multipart([b"a", b"b"])

    return act


def subscribe(sock):
    sock.subscribe(b"goal")


IDENTITY = [(zmq.ROUTING_ID, ID)]
recording(
    "legacy-2.0-push",
    "PUSH to a peer of revision 1: greeting, identity, then 0, 255 and 256 times m, and the parts a and b",
    legacy("PUSH", V2_PULL, 12 + 2 + 2 + 257 + 265 + 3 + 3, send_edges(0, 255, 256)),
)
recording(
    "legacy-2.0-push-id",
    'PUSH with routing id "peer-1" to a peer of revision 1: greeting and identity',
    legacy("PUSH", V2_PULL, 12 + 2 + 6, None, IDENTITY),
)
recording(
    "legacy-2.0-sub",
    'SUB to a peer of revision 1: greeting, identity, subscription to "goal"',
    legacy("SUB", V2_PUB, 12 + 2 + 2 + 5, subscribe),
)
recording(
    "legacy-1.0-push",
    "PUSH to a peer of revision 0: greeting, identity, then 0, 253 and 254 times m, and the parts a and b",
    legacy("PUSH", V1_PULL, 12 + 2 + 2 + 255 + 264 + 3 + 3, send_edges(0, 253, 254)),
)
recording(
    "legacy-1.0-sub",
    'SUB to a peer of revision 0: greeting, identity, subscription to "goal"',
    legacy("SUB", V1_PUB, 12 + 2 + 2 + 5, subscribe),
)
recording(
    "legacy-unversioned-push",
    "PUSH to a peer that opens with an empty identity frame: identity, then 0, 253 and 254 times m, and the parts a and b",
    legacy("PUSH", V0, 10 + 2 + 255 + 264 + 3 + 3, send_edges(0, 253, 254)),
)
recording(
    "legacy-unversioned-push-id",
    'PUSH with routing id "peer-1" to a peer that opens with an empty identity frame: identity',
    legacy("PUSH", V0, 10 + 6, None, IDENTITY),
)


def write(name, comment, data):
    with open(os.path.join(HERE, name + ".hex"), "w") as out:
        out.write("# %s\n# recorded from libzmq %s by record.py\n" % (comment, zmq.zmq_version()))
        for at in range(0, len(data), 32):
            out.write(data[at : at + 32].hex() + "\n")


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, comment, function in RECORDINGS:
        if name.startswith(prefix):
            try:
                data = function()
            except Exception as error:
                sys.exit("%s: %s" % (name, error))
            write(name, comment, data)
            print(name, len(data))


if __name__ == "__main__":
    main()
