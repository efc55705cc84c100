"""Publishes, whether or not anybody has subscribed."""

import time

import zmq
from arguments import arguments, counted

(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5556", count=10)

context = zmq.Context()
socket = context.socket(zmq.PUB)
socket.bind(endpoint)
for i in counted(count):
    print(f"send message...{i}", flush=True)
    socket.send_string(f"message{i}")
    time.sleep(0.02)
socket.close()
context.term()
