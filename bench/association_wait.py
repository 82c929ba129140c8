#!/usr/bin/env python3
"""How long a DICOM application lets callers wait for an association: opens COUNT of them one after the other, asks for
C-ECHO in each, releases it, and prints the distribution of the time from connect() to A-ASSOCIATE-AC.

  bench/association_wait.py PORT CALLED CALLING COUNT [IDLE]

IDLE connections stand beside them all the time, on which nothing is said; those that are closed are opened again.

It speaks the protocol itself (PS3.8), so that no client's own start is in the time. `bench/node.sh` runs it.
"""
import os
import socket
import struct
import sys
import threading
import time

VERIFICATION, IMPLICIT, APPLICATION = b"1.2.840.10008.1.1", b"1.2.840.10008.1.2", b"1.2.840.10008.3.1.1.1"


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def association_request(called, calling):
    context = struct.pack(">BBBB", 1, 0, 0, 0) + item(0x30, VERIFICATION) + item(0x40, IMPLICIT)
    user = item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.826.0.1.3680043.2.1143.1")
    body = struct.pack(">HH16s16s32x", 1, 0, called.encode().ljust(16), calling.encode().ljust(16))
    body += item(0x10, APPLICATION) + item(0x20, context) + item(0x50, user)
    return struct.pack(">BBI", 1, 0, len(body)) + body


def read_pdu(connection):
    head = read_exactly(connection, 6)
    return head[0], read_exactly(connection, struct.unpack(">I", head[2:])[0])


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("closed by the other side")
        data += part
    return data


def echo(connection):
    elements = [(0x0002, VERIFICATION + b"\0"), (0x0100, struct.pack("<H", 0x0030)), (0x0110, struct.pack("<H", 1)),
                (0x0800, struct.pack("<H", 0x0101))]
    command = b"".join(struct.pack("<HHI", 0, tag, len(value)) + value for tag, value in elements)
    command = struct.pack("<HHII", 0, 0, 4, len(command)) + command
    connection.sendall(struct.pack(">BBIIBB", 4, 0, len(command) + 6, len(command) + 2, 1, 3) + command)
    kind, _ = read_pdu(connection)
    if kind != 4:
        raise ConnectionError(f"PDU {kind} instead of the answer to C-ECHO")


def one_association(port, request):
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        kind, _ = read_pdu(connection)
        waited = time.monotonic() - start
        if kind != 2:
            raise ConnectionError(f"PDU {kind} instead of an association")
        echo(connection)
        answered = time.monotonic() - start
        connection.sendall(struct.pack(">BBII", 5, 0, 4, 0))
        read_pdu(connection)
    return waited, answered


def keep_idle(port, count):
    """Never returns."""
    idle = []
    while True:
        idle = [one for one in idle if not closed(one)]
        if len(idle) < count:
            idle.append(socket.create_connection(("127.0.0.1", port)))
        else:
            time.sleep(0.02)


def closed(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def in_words(times):
    times = sorted(1000 * t for t in times)
    rank = lambda share: times[min(len(times) - 1, int(share * len(times)))]
    return f"median {rank(0.5):.0f} ms, 99 % {rank(0.99):.0f} ms, longest {times[-1]:.0f} ms"


def main():
    port, called, calling, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    if len(sys.argv) > 5:
        threading.Thread(target=keep_idle, args=(port, int(sys.argv[5])), daemon=True).start()
        time.sleep(2)
    request, waits, answers, failures = association_request(called, calling), [], [], []
    for _ in range(count):
        try:
            waited, answered = one_association(port, request)
            waits.append(waited)
            answers.append(answered)
        except OSError as problem:
            failures.append(str(problem))
        time.sleep(0.03)
    print(f"{len(waits)} of {count} associations: {in_words(waits)}; C-ECHO answered: {in_words(answers)}; "
          f"load {os.getloadavg()[0]:.1f}")
    for problem in sorted(set(failures)):
        print(f"  failed {failures.count(problem)} times: {problem}")


main()
