"""Knocks at every TCP port of one address: scan.py ADDRESS. Prints as JSON which took the call, and how many said no."""
import errno
import json
import select
import socket
import sys

AT_ONCE = 512
SILENT = 30_000   # milliseconds without any answer
PORTS = range(1, 65536)


def scan(address):
    family, _, _, _, place = socket.getaddrinfo(address, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0]
    poll, waiting, ports, found = select.epoll(), {}, iter(PORTS), {'open': [], 'refused': 0, 'other': {}}

    def knock(port):
        one = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        one.connect_ex((place[0], port, *place[2:]))
        waiting[one.fileno()] = (one, port)
        poll.register(one, select.EPOLLOUT)

    def answered(one, port):
        error = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        one.close()
        if error == 0:
            found['open'].append(port)
        elif error == errno.ECONNREFUSED:
            found['refused'] += 1
        else:
            found['other'][port] = errno.errorcode[error]

    for port in (next(ports) for _ in range(AT_ONCE)):
        knock(port)
    while waiting:
        answers = poll.poll(SILENT / 1000, AT_ONCE)
        if not answers:
            found['other'] |= {port: 'silence' for _, port in waiting.values()}
            break
        for descriptor, _ in answers:
            answered(*waiting.pop(descriptor))
            if (port := next(ports, None)) is not None:
                knock(port)
    return found


if __name__ == '__main__':
    print(json.dumps(scan(sys.argv[1])))
