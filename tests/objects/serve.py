"""Serves S3 by moto on a free port of loopback, with one empty bucket, and prints where."""

import time
import urllib.request

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
endpoint = "http://%s:%d" % server.get_host_and_port()
urllib.request.urlopen(urllib.request.Request(endpoint + "/nordlys", method="PUT"))
print(endpoint, flush=True)
while True:
    time.sleep(3600)
