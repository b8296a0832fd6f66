"""What stands in the memory of running processes. Only where this test may read it: as root, be it of a namespace."""
import hashlib
from pathlib import Path

SEEN = {'times': 0, 'bytes': 0, 'strings': 0}   # by `counted`
WORDS = Path('/usr/lib/python3/dist-packages/mnemonic/wordlist/english.txt')   # as cmake/WordLists.cmake has it


def processes(home):
    """Every process that belongs to this home, by number: its command line or its environment names it."""
    found = []
    for process in Path('/proc').glob('[0-9]*'):
        try:
            environment, arguments = (process / 'environ').read_bytes(), (process / 'cmdline').read_bytes()
        except OSError:   # it ended meanwhile
            continue
        if str(home.path).encode() in environment + arguments and b'attune' in arguments:
            found.append(int(process.name))
    return found


def regions(process, name=''):
    """The bytes of everything that is mapped there, or of what has that name, as [stack]. Nothing, where the process has ended
    and only its number is left."""
    try:
        maps, memory = Path(f'/proc/{process}/maps').read_text(), open(f'/proc/{process}/mem', 'rb', 0)
    except ProcessLookupError:
        return
    with memory:
        for line in maps.splitlines():
            if not line.endswith(name):
                continue
            begin, end = (int(place, 16) for place in line.split(None, 1)[0].split('-'))
            content = b''
            try:
                memory.seek(begin)
                while begin + len(content) < end and (more := memory.read(end - begin - len(content))):
                    content += more
            except (OSError, OverflowError):   # the kernel's own pages, and pages behind the end of a file
                pass
            yield content


def counted(process, needles, name=''):
    """How often each of these bytes stands there. One walk: all are looked for in the same moment."""
    found = dict.fromkeys(needles, 0)
    SEEN['times'] += 1
    SEEN['strings'] = max(SEEN['strings'], len(needles))
    for content in regions(process, name):
        SEEN['bytes'] += len(content)
        for name, needle in needles.items():
            found[name] += content.count(needle)
    return found


def root_secrets(words):
    """What the 24 words give and no node may hold: entropy and the keys that come from it. docs/protocol.md, section 1."""
    known, number = WORDS.read_text().split(), 0
    for word in words.split():
        number = number << 11 | known.index(word)
    entropy = (number >> 8).to_bytes(32, 'big')   # behind it stands a checksum

    def derived(number):
        return hashlib.blake2b(key=entropy, digest_size=32, salt=number.to_bytes(8, 'little') + bytes(8),
                               person=b'attROOT_' + bytes(8)).digest()
    return {'entropy': entropy, 'root key': derived(1), 'backup key': derived(2), 'self seed': derived(3)}
