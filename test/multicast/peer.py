# The libzmq side of the multicast tests: see child_test.go, which is the same
# in Go.
import os
import sys
import threading
import zmq

# libzmq prints warnings where it likes.
out = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def body(name, i, part, size):
    head = b"%s %d %d " % (name, i, part)
    return head + bytes([97 + i % 26]) * max(0, size - len(head))


def publish(s, name, count, size, parts, pause):
    go = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), go.set()), daemon=True).start()
    while not go.wait(0.02):
        s.send(b"hello")
    for i in range(count):
        s.send_multipart([body(name, i, p, size) for p in range(parts)])
        if pause:
            threading.Event().wait(pause / 1000)
    s.send(b"end " + name)
    sys.stdin.readline()  # until all are done: there may be something to repair


def subscribe(s, ends):
    print("ready", file=out)
    joined = False
    while ends:
        frames = s.recv_multipart()
        words = frames[0].split(b" ")
        if words[0] == b"hello":
            if not joined:
                print("joined", file=out)
            joined = True
        elif words[0] == b"end":
            ends -= 1
        else:
            name, i = words[0], int(words[1])
            good = frames == [body(name, i, p, len(f)) for p, f in enumerate(frames)]
            print(name.decode(), i, len(frames), len(frames[0]), "good" if good else "bad", file=out)
    print("done", file=out)


def main():
    role, endpoint, name, count, size, parts, pause = sys.argv[1:8]
    ctx = zmq.Context()
    s = ctx.socket(zmq.PUB if role == "pub" else zmq.SUB)
    s.linger = 0
    for o in sys.argv[8:]:
        key, value = o.split("=")
        s.setsockopt(getattr(zmq, key), int(value))
    s.sndhwm = s.rcvhwm = 0
    if role == "pub":
        s.bind(endpoint)
        publish(s, name.encode(), int(count), int(size), int(parts), int(pause))
    else:
        s.subscribe(b"")
        s.connect(endpoint)
        subscribe(s, int(count))
    s.close()
    ctx.term()


main()
