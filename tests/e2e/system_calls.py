"""What a program asks of the system: every file it names and every address it calls, by strace.

    trace = Trace(folder)
    home.trace = trace            # from here on each command of this home, and what it starts, is followed
    for call in trace.calls(): ...

Nothing is waited for by the clock: a process that was followed to its end says so in its file.
"""
import re
import shutil
from pathlib import Path

from attune import eventually

# The calls that name a file, or that send something somewhere.
FOLLOWED = '%file,connect,sendto,sendmsg,sendmmsg,socket'
_CALL = re.compile(r'^(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)$')
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_INET = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")')
_UNIX = re.compile(r'sun_path=(@?)"([^"]*)"')


def possible():
    return shutil.which('strace') is not None


class Call:
    """One system call that was made, whatever came of it."""

    def __init__(self, line, name, arguments, result):
        self.line, self.name, self.arguments, self.result = line, name, arguments, result

    def __str__(self):
        return self.line

    def paths(self):
        """Every path it names. Those of one that takes a directory's descriptor are absolute here, or mean that directory."""
        if self.name in ('connect', 'sendto', 'sendmsg', 'sendmmsg', 'socket'):
            return []
        named = _PATH.findall(self.arguments if self.name != 'execve' else self.arguments.split(', [')[0])
        return [path for path in named if path]

    def changes(self):
        """Does it make, alter, name or remove a file, or open one for that?"""
        if self.name in ('open', 'openat', 'openat2', 'creat'):
            return self.name == 'creat' or bool(re.search(r'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)', self.arguments))
        return bool(re.match(r'(rename|link|symlink|unlink|mkdir|rmdir|mknod|truncate|chmod|fchmod|chown|lchown|fchown|utime|'
                             r'futimes|setxattr|lsetxattr|removexattr|mount|umount|pivot_root|chroot|swapon|acct)', self.name))

    def addresses(self):
        """(ADDRESS, PORT) of every address it sends to or connects with."""
        if self.name not in ('connect', 'sendto', 'sendmsg', 'sendmmsg'):
            return []
        return [(four or six, int(port)) for port, four, six in _INET.findall(self.arguments)]

    def local_sockets(self):
        return [mark + path for mark, path in _UNIX.findall(self.arguments)] if self.name in ('connect', 'sendto', 'sendmsg') else []


class Trace:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.count = 0

    def around(self, command):
        """The command line that runs this command, followed with all that it starts. Its own parent stays its parent: an
        end is seen as ever, and strace itself ends with the last that it follows."""
        self.count += 1
        return ['strace', '-DD', '-f', '-ff', '--seccomp-bpf', '-q', '-e', 'signal=none', '-e', f'trace={FOLLOWED}',
                '-o', str(self.folder / f'{self.count}'), '--', *command]

    def calls(self):
        """Of all processes that were followed; they must have ended."""
        found = []
        for file in sorted(self.folder.iterdir()):
            eventually(lambda: b'+++ ' in file.read_bytes()[-200:], f'{file.name} ends')
            for line in file.read_text().splitlines():
                call = _CALL.match(line)
                if call:
                    found.append(Call(line, call[1], call[2], call[3]))
                elif not line.startswith('+++') and '<unfinished' not in line and 'resumed>' not in line:
                    raise AssertionError(f'what strace said here is not understood: {line}')
        return found
