"""A client of several servers: each request goes to the next one."""

import zmq
from arguments import arguments, counted

endpoints, count = arguments(__doc__, "tcp://127.0.0.1:5000", "tcp://127.0.0.1:6000", count=10)

context = zmq.Context()
socket = context.socket(zmq.REQ)
for endpoint in endpoints:
    socket.connect(endpoint)
for i in counted(count):
    print(f"Sending msg {i}", flush=True)
    socket.send_string(f"msg {i}")
    print(socket.recv_string(), flush=True)
socket.close()
context.term()
