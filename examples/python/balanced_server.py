"""One of several servers that a client, or a device, shares its requests among.

With --connect it connects, to a device, in place of binding.
"""

import sys

import zmq
from arguments import arguments, counted

connect = "--connect" in sys.argv and not sys.argv.remove("--connect")
(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5000")

context = zmq.Context()
socket = context.socket(zmq.REP)
if connect:
    socket.connect(endpoint)
else:
    socket.bind(endpoint)
for _ in counted(count):
    message = socket.recv()
    print(f"Got {message.decode()}", flush=True)
    socket.send(b"world from " + endpoint.encode())
socket.close()
context.term()
