"""Comments on football matches. With --connect it does so by way of a device."""

import random
import sys
import time

import zmq
from arguments import arguments, counted

connect = "--connect" in sys.argv and not sys.argv.remove("--connect")
(endpoint,), count = arguments(__doc__, "tcp://127.0.0.1:5557")

context = zmq.Context()
socket = context.socket(zmq.PUB)
if connect:
    socket.connect(endpoint)
else:
    socket.bind(endpoint)
countries = "netherlands", "brazil", "germany", "portugal"
events = "yellow card", "red card", "goal", "corner", "foul"
for _ in counted(count):
    message = f"{random.choice(countries)} {random.choice(events)}"
    print("->", message, flush=True)
    socket.send_string(message)
    time.sleep(0.005)
