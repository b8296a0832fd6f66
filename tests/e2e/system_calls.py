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

# The calls that name a file, or that send something somewhere, or take a name or a port for themselves.
_NETWORK = ('connect', 'bind', 'sendto', 'sendmsg', 'sendmmsg', 'socket')
FOLLOWED = ','.join(['%file', *_NETWORK])
_CALL = re.compile(r'^(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)$')
_CUT = ' <unfinished ...>'
_RESUMED = re.compile(r'^<\.\.\. (\w+) resumed>')
# With the directory whose descriptor stands before it. Where a program was started is no such directory.
_PATH = re.compile(r'(?:\b\d+<([^>]*)>(?:\(deleted\))?, )?"((?:[^"\\]|\\.)*)"')
_OPENED = re.compile(r'^<([^>]*)>')
_BY_DESCRIPTOR = re.compile(r'/proc/self/fd/(\d+)(?=/)')
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
        """Every path it names; absolute, where it stands in a directory that was opened before."""
        if self.name == 'bind':
            return self.local_sockets()
        if self.name in _NETWORK or self.name == 'getcwd':   # which is told a path
            return []
        named = _PATH.findall(self.arguments if self.name != 'execve' else self.arguments.split(', [')[0])
        return [f'{folder}/{path}' if folder and not path.startswith('/') else path for folder, path in named if path]

    def changes(self):
        """Does it make, alter, name or remove a file, or open one for that?"""
        if self.name == 'bind':
            return bool(self.local_sockets())
        if self.name in ('open', 'openat', 'openat2', 'creat'):
            return self.name == 'creat' or bool(re.search(r'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)', self.arguments))
        return bool(re.match(r'(rename|link|symlink|unlink|mkdir|rmdir|mknod|truncate|chmod|fchmod|chown|lchown|fchown|utime|'
                             r'futimes|setxattr|lsetxattr|removexattr|mount|umount|pivot_root|chroot|swapon|acct)', self.name))

    def addresses(self):
        """(ADDRESS, PORT) of every address it sends to or connects with."""
        if self.name not in ('connect', 'sendto', 'sendmsg', 'sendmmsg'):
            return []
        return [(four or six, int(port)) for port, four, six in _INET.findall(self.arguments)]

    def bound(self):
        """(ADDRESS, PORT) of every address it takes."""
        return [(four or six, int(port)) for port, four, six in _INET.findall(self.arguments)] if self.name == 'bind' else []

    def local_sockets(self):
        return [mark + path for mark, path in _UNIX.findall(self.arguments)] if self.name in _NETWORK else []


def _call(line, opened):
    call = _CALL.match(line)
    if not call:
        raise AssertionError(f'what strace said here is not understood: {line}')
    arguments = _BY_DESCRIPTOR.sub(lambda at: opened.get(at[1], at[0]), call[2])
    if call[1].startswith('open') and (file := _OPENED.match(call[4])):
        opened[call[3]] = file[1]
    return Call(line, call[1], arguments, call[3])


def understood(lines):
    """The calls of one thread, from what strace wrote. One that never came to its end counts as made."""
    calls, begun, opened = [], None, {}   # by descriptor: the path
    for line in lines:
        resumed = _RESUMED.match(line)
        if begun and resumed and begun.startswith(resumed[1] + '('):
            line, begun = begun + line[resumed.end():], None
        elif begun:
            calls.append(_call(f'{begun}) = ?', opened))
            begun = None
        if line.endswith(_CUT):
            begun = line.removesuffix(_CUT)
        elif not line.startswith(('+++', '---')):   # an end, a signal
            calls.append(_call(line, opened))
    return calls + ([_call(f'{begun}) = ?', opened)] if begun else [])


class Trace:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.count = 0

    def around(self, command):
        """The command line that runs this command, followed with all that it starts. Its own parent stays its parent: an
        end is seen as ever, and strace itself ends with the last that it follows."""
        self.count += 1
        return ['strace', '-DD', '-f', '-ff', '-y', '--seccomp-bpf', '-q', '-e', f'trace={FOLLOWED}',
                '-o', str(self.folder / f'{self.count}'), '--', *command]

    def calls(self):
        """Of all processes that were followed; they must have ended."""
        found = []
        for file in sorted(self.folder.iterdir()):
            eventually(lambda: b'+++ ' in file.read_bytes()[-200:], f'{file.name} ends')
            found += understood(file.read_text().splitlines())
        return found
