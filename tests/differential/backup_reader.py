"""A reader of backups, written after docs/backup-format.md, docs/protocol.md and proto/attune/*.proto alone, with Python's
standard library. It is slow and straight: what it says of a backup is compared with what attune says."""
from hashlib import blake2b

from ed25519 import believable, ed25519_holds, ed25519_public
from protobuf import Message, Refused, damaged, fields, sized, varint, written


# --- docs/protocol.md, section 2: BLAKE2b with tags, libsodium's crypto_kdf
def tagged(tag, *fields, key=b''):
    return blake2b(tag.encode() + b'\0' + b''.join(fields), digest_size=32, key=key).digest()


def kdf(key, context, number):
    return blake2b(digest_size=32, key=key, person=context.encode().ljust(16, b'\0'),
                   salt=number.to_bytes(8, 'little').ljust(16, b'\0')).digest()


def be64(number):
    return number.to_bytes(8, 'big')


# --- docs/protocol.md, 2.3
def read_statement(root, wire, known={}):
    """The body of a revoke, or None for another statement. What was judged once is not judged again."""
    if (root, wire) not in known:
        try:
            known[root, wire] = _judge_statement(root, wire)
        except Refused as refused:
            known[root, wire] = refused
    if isinstance(known[root, wire], Refused):
        raise known[root, wire]
    return known[root, wire]


def _judge_statement(root, wire):
    found = fields(wire)
    if [(number, kind) for number, kind, _ in found] != [(1, 2), (2, 2)]:
        raise damaged('an envelope of another form')
    body, signature = found[0][2], sized(found[1][2], 64)
    shortest = b'\x0a' + written(len(body)) + body + b'\x12\x40' + signature
    if wire != shortest or len(body) > 65536:
        raise damaged('an envelope of another form')
    if not believable(root):
        raise damaged('a root that nobody believes')
    if not ed25519_holds(root, b'attune roster statement v1\0' + root + body, signature):
        raise damaged('a statement that is not signed')
    return _judge_body(body)


def _judge_body(body):
    known = [(number, value) for number, kind, value in fields(body) if kind == 2 and number in (1, 2, 3)]
    if not known:
        if not body:
            raise damaged('a statement that says nothing')
        raise Refused('incompatible', 'a statement of a newer program')
    # Of several in one body the last counts, merged with those of its kind before it: only a root could sign that.
    kind = known[-1][0]
    merged = b''
    for number, value in known:
        merged = merged + value if number == kind else b''
    if kind == 1:
        named(Message(merged, device=(1, 'bytes')).device)
        return None
    if kind == 2:
        revoke = Message(merged, device=(1, 'bytes'), number=(2, 'number'), random=(3, 'bytes'), cuts=(4, 'many'))
        named(revoke.device)
        sized(revoke.random, 32)
        if revoke.number == 0:
            raise damaged('a revocation without a number')
        _check_cuts(revoke.cuts)
        return body
    own = Message(merged, revoke=(1, 'bytes'), cuts=(2, 'many'))
    named(own.revoke)
    _check_cuts(own.cuts)
    return None


def named(value):
    if not any(sized(value, 32)):
        raise damaged('a name that stands for nobody')
    return value


def _check_cuts(cuts):
    cuts = [Message(cut, log=(1, 'bytes'), n=(2, 'number'), link=(3, 'bytes')) for cut in cuts]
    for cut in cuts:
        named(cut.log)
        named(cut.link)
    if len({cut.log for cut in cuts}) != len(cuts):
        raise damaged('a log is cut off twice')


# --- docs/protocol.md, 2.1 and 2.5
class Words:
    """What 32 bytes of entropy lead to."""

    def __init__(self, entropy):
        self.root = ed25519_public(kdf(entropy, 'attROOT_', 1))
        self._seed = kdf(entropy, 'attROOT_', 3)

    def self_key(self, revoke=None):
        key = tagged('attune self key v1', *([revoke] if revoke is not None else []), key=self._seed)
        return tagged('attune key name v1', key)[:8], key


# --- docs/backup-format.md, section 3
HEADER, ROSTER, LOG, RECORDS, CLOSING = range(1, 6)
MOST_PAYLOAD = 2**20 + 4096


def items(data):
    """Each item: where it begins, its kind, its message."""
    at = 0
    while at < len(data):
        begin = at
        size, at = _short(data, at)
        if not 1 <= size <= 2 * 2**20 or at + size > len(data):
            raise damaged('an item of an impossible length')
        item, at = data[at:at + size], at + size
        tag, inner = _short(item, 0)
        length, inner = _short(item, inner)
        if tag & 7 != 2 or not 1 <= tag >> 3 <= CLOSING or inner + length != len(item):
            raise damaged('an item holds exactly one field')
        message = item[inner:]
        if tag >> 3 in (ROSTER, RECORDS):
            _count_parts(message)
        elif len(message) > 4096:
            raise damaged('a small item is large')
        yield begin, tag >> 3, message


def _short(data, at):
    """A number of at most 4 bytes, written as short as it goes."""
    value, end = varint(data, at, 4)
    if data[at:end] != written(value):
        raise damaged('a number that is written too long')
    return value, end


def _count_parts(message):
    at, parts = 0, 0
    while at < len(message):
        tag, at = _short(message, at)
        size, at = _short(message, at)
        parts, at = parts + 1, at + size
        if tag & 7 != 2 or tag >> 3 == 0 or at > len(message) or parts > 4096:
            raise damaged('an item of other parts')


class Reader:
    def __init__(self, words, data):
        self._words, self._data = words, data
        self._keys = dict([words.self_key()])
        self._logs, self._counts = set(), [0, 0]
        self._statements = {}

    def read(self):
        """How many logs, records and entries. Throws Refused."""
        found = items(self._data)
        self._begin, kind, message = self._next(found)
        self._header(kind, message)
        self._begin, kind, message = self._next(found)
        while kind == ROSTER:
            self._roster(message)
            self._begin, kind, message = self._next(found)
        while kind == LOG:
            self._log(message)
            self._begin, kind, message = self._next(found)
            while kind == RECORDS:
                self._records(message)
                self._begin, kind, message = self._next(found)
            if self._n != self._head.n:
                raise damaged('a log has fewer records than it says')
        if kind != CLOSING:
            raise damaged('its parts are out of order')
        entries = self._closing(message)
        if next(found, None) is not None:
            raise damaged('something stands behind its closing')
        return (*self._counts, entries)

    @staticmethod
    def _next(found):
        item = next(found, None)
        if item is None:
            raise damaged('its end is missing')
        return item

    def _header(self, kind, message):
        if kind != HEADER:
            raise damaged('its heading is missing')
        header = Message(message, version=(1, 'number'), root=(2, 'bytes'), created_at=(3, 'number'))
        version = header.version & 2**32 - 1
        if version > 1:
            raise Refused('incompatible', 'a newer format')
        if version != 1:
            raise damaged('no version')
        if sized(header.root, 32) != self._words.root:
            raise Refused('wrong_words', 'of another person')

    def _roster(self, message):
        roster = Message(message, root=(1, 'bytes'), statements=(2, 'many'))
        root = sized(roster.root, 32)
        self._statements[root] = self._statements.get(root, 0) + len(roster.statements)
        if self._statements[root] > 1024:
            raise damaged('too many statements')
        for wire in roster.statements:
            revoke = read_statement(root, wire)
            if revoke is not None and root == self._words.root:
                self._keys.update([self._words.self_key(revoke)])

    def _log(self, message):
        head = Message(message, log=(1, 'bytes'), author=(2, 'bytes'), couple=(3, 'bytes'), device=(4, 'bytes'), n=(5, 'number'),
                       link=(6, 'bytes'), seal=(7, 'bytes'), stands=(8, 'optional'))
        for value, sizes in ((head.log, [32]), (head.author, [32]), (head.couple, [0, 32]), (head.device, [0, 32]),
                             (head.link, [32]), (head.seal, [0, 40])):
            sized(value, *sizes)
        if head.log in self._logs or head.n == 0 or (head.stands or 0) > head.n:
            raise damaged('a log that cannot be')
        self._logs.add(head.log)
        couple = head.couple or bytes(32)
        if head.author == self._words.root:
            self._check_seal(head)
        elif couple != tagged('attune couple v1', *sorted([head.author, self._words.root])):
            raise damaged('a log of somebody else')
        self._head, self._n = head, 0
        self._link = tagged('attune log v1', head.log, head.author, couple)
        self._counts[0] += 1

    def _check_seal(self, head):
        key = self._keys.get(head.seal[:8]) if head.seal else None
        if key is None:
            return
        under = kdf(key, 'attSELF_', 2)
        if tagged('attune seal v1', head.log, be64(head.n), head.link, key=under) != head.seal[8:]:
            raise Refused('tampered', 'a false seal')

    def _records(self, message):
        part = Message(message, records=(1, 'many'), seal=(2, 'bytes'))
        head, first = self._head, self._n + 1
        if not 0 < len(part.records) <= head.n - self._n:
            raise damaged('a log has another number of records than it says')
        for record in part.records:
            self._record(Message(record, number=(1, 'bytes'), creator=(2, 'bytes'), payload=(3, 'bytes'), hash=(4, 'bytes')))
        stands = head.n if head.stands is None else head.stands
        if first <= stands < self._n:
            raise damaged('a part reaches across the place up to which its log stands')
        if self._n == head.n and self._link != head.link:
            raise damaged('the chain is broken')
        sized(part.seal, 0, 40)
        self._counts[1] += len(part.records)

    def _record(self, record):
        sized(record.creator, 0, 32)
        # 32 zero bytes name nobody, as leaving it out does.
        creator = record.creator if any(record.creator) else self._head.author
        sized(record.number, 16)
        if record.payload:
            if record.hash or not 32 <= len(record.payload) <= MOST_PAYLOAD:
                raise damaged('a record that cannot be')
            payload = tagged('attune payload v1', creator, record.number, record.payload)
        else:
            payload = sized(record.hash, 32)
        self._n += 1
        self._link = tagged('attune link v1', self._link, be64(self._n), creator, record.number, payload)

    def _closing(self, message):
        closing = Message(message, logs=(1, 'number'), records=(2, 'number'), entries=(3, 'number'), key_id=(4, 'bytes'),
                          mac=(5, 'bytes'))
        if [closing.logs, closing.records] != self._counts:
            raise damaged('its counts do not add up')
        key = self._keys.get(sized(closing.key_id, 8))
        if key is None:
            raise Refused('tampered', 'closed with a key that is none of theirs')
        counts = [be64(number) for number in (closing.logs, closing.records, closing.entries)]
        contents = tagged('attune backup contents v1', self._data[:self._begin])
        if tagged('attune backup v1', contents, *counts, key=kdf(key, 'attSELF_', 3)) != closing.mac:
            raise Refused('tampered', 'the MAC')
        return closing.entries


def verdict(words, data):
    """What attune_archives judge must say."""
    try:
        return 'good {} {} {}'.format(*Reader(words, data).read())
    except Refused as refused:
        return refused.args[0]
