#!/usr/bin/python3
"""Backups of random journals, and mutated ones, judged by attune and by a reader that was written from the documents
alone: both must say the same of each. Seeds are fixed; ATTUNE_JOURNALS says how many of each kind (default 40)."""
import os
import random
import struct
import subprocess
import unittest

import backup_reader
from backup_reader import CLOSING, LOG, RECORDS, ROSTER, Message, Words, be64, fields, items, kdf, tagged, verdict, written

PROGRAM = os.environ['ATTUNE_ARCHIVES']
JOURNALS = int(os.environ.get('ATTUNE_JOURNALS', '40'))
FIRST = 1


def cases(data):
    at = 0
    while at < len(data):
        size, = struct.unpack('>I', data[at + 32:at + 36])
        yield data[at:at + 32], data[at + 36:at + 36 + size]
        at += 36 + size


def judged(journals):
    """What attune says of each."""
    sent = b''.join(entropy + struct.pack('>I', len(data)) + data for entropy, data in journals)
    done = subprocess.run([PROGRAM, 'judge'], input=sent, capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def field(number, value):
    if isinstance(value, int):
        return written(number << 3) + written(value)
    return written(number << 3 | 2) + written(len(value)) + value


class Archive:
    """Items that can be changed, and closed again so that the MAC holds."""

    def __init__(self, words, data):
        self._words = words
        self.items = [[kind, message] for _, kind, message in items(data)]

    def bytes(self):
        return b''.join(self._item(kind, message) for kind, message in self.items)

    @staticmethod
    def _item(kind, message):
        body = field(kind, message)
        return written(len(body)) + body

    def chain(self):
        """Heads that fit the records behind them, as far as these can be read; without seals, which nobody can make."""
        for at, (kind, message) in enumerate(self.items):
            if kind != LOG:
                continue
            head = Message(message, log=(1, 'bytes'), author=(2, 'bytes'), couple=(3, 'bytes'))
            link, n = tagged('attune log v1', head.log, head.author, head.couple or bytes(32)), 0
            for follows, part in self.items[at + 1:]:
                if follows != RECORDS:
                    break
                for record in Message(part, records=(1, 'many')).records:
                    said = Message(record, number=(1, 'bytes'), creator=(2, 'bytes'), payload=(3, 'bytes'), hash=(4, 'bytes'))
                    creator, n = said.creator or head.author, n + 1
                    payload = tagged('attune payload v1', creator, said.number, said.payload) if said.payload else said.hash
                    link = tagged('attune link v1', link, be64(n), creator, said.number, payload)
            kept = [field(number, value) for number, _, value in fields(message) if number not in (5, 6, 7)]
            self.items[at][1] = b''.join(kept) + field(5, n) + field(6, link)

    def close(self):
        """A closing that fits what stands before it."""
        before = b''.join(self._item(kind, message) for kind, message in self.items[:-1])
        entries = Message(self.items[-1][1], entries=(3, 'number')).entries
        logs = sum(kind == LOG for kind, _ in self.items)
        records = sum(sum(number == 1 for number, _, _ in fields(message)) for kind, message in self.items if kind == RECORDS)
        name, key = self._words.self_key()
        mac = tagged('attune backup v1', tagged('attune backup contents v1', before), be64(logs), be64(records),
                     be64(entries), key=kdf(key, 'attSELF_', 3))
        self.items[-1] = [CLOSING, field(1, logs) + field(2, records) + field(3, entries) + field(4, name) + field(5, mac)]


def changed_message(message, draw):
    """A message with one field changed, dropped, repeated, or another size."""
    parts = [list(part) for part in fields(message)]
    if not parts:
        return message
    at = draw.randrange(len(parts))
    number, kind, value = parts[at]
    what = draw.randrange(7)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.insert(draw.randrange(len(parts) + 1), parts[at])
    elif what == 2:
        draw.shuffle(parts)
    elif what == 3:
        parts.append([draw.choice([9, 15, 99]), 2, b'of a newer program'])
    elif kind == 0:
        parts[at][2] = draw.choice([0, 1, value + 1, 2**63, 2**64 - 1, max(0, value - 1)])
    elif what == 4 and value:
        spot = draw.randrange(len(value))
        parts[at][2] = value[:spot] + bytes([value[spot] ^ 1 << draw.randrange(8)]) + value[spot + 1:]
    elif what == 5:
        parts[at][2] = value[:draw.randrange(len(value) + 1)]
    else:
        parts[at][2] = draw.choice([b'', bytes(len(value)), value + b'\0', draw.randbytes(len(value))])
    return b''.join(field(number, value) if kind in (0, 2) else b'' for number, kind, value in parts)


def mutated(words, data, draw):
    what = draw.randrange(6)
    if what == 0:  # bytes, anywhere
        data = bytearray(data)
        for _ in range(draw.randint(1, 3)):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        return bytes(data)
    if what == 1:
        return data[:draw.randrange(len(data))] if draw.random() < 0.7 else data + draw.randbytes(draw.randint(1, 9))
    archive = Archive(words, data)
    at = draw.randrange(len(archive.items) - 1)
    kind, message = archive.items[at]
    if what == 2:  # items out of place
        choice = draw.randrange(3)
        if choice == 0:
            del archive.items[at]
        elif choice == 1:
            archive.items.insert(at, list(archive.items[at]))
        else:
            other = draw.randrange(len(archive.items) - 1)
            archive.items[at], archive.items[other] = archive.items[other], archive.items[at]
    elif kind in (RECORDS, ROSTER) and what < 5:  # inside a record or a statement
        parts = fields(message)
        spot = draw.randrange(len(parts))
        inner = changed_message(parts[spot][2], draw) if kind == RECORDS and parts[spot][0] == 1 else None
        if inner is not None:
            parts[spot] = (1, 2, inner)
        archive.items[at][1] = (b''.join(field(n, v) for n, _, v in parts) if inner is not None else
                                changed_message(message, draw))
    else:
        archive.items[at][1] = changed_message(message, draw)
    try:
        if draw.random() < 0.5:
            archive.chain()
        if draw.random() < 0.9:
            archive.close()
    except backup_reader.Refused:
        pass  # what cannot be read cannot be made good
    return archive.bytes()


def really_mutated(words, data, draw):
    """Some changes come to nothing: an item that changes places with itself."""
    while (other := mutated(words, data, draw)) == data:
        pass
    return other


class Backups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([PROGRAM, 'make', str(FIRST), str(JOURNALS)], capture_output=True, check=True)
        cls.journals = list(cases(done.stdout))
        cls.words = {entropy: Words(entropy) for entropy, _ in cls.journals}

    def compare(self, journals):
        told = judged(journals)
        self.assertEqual(len(told), len(journals))
        kinds = {}
        for (entropy, data), theirs in zip(journals, told):
            ours = verdict(self.words[entropy], data)
            if ours != theirs:
                self.fail('attune says {}, the other reader {}, of {}'.format(theirs, ours, data.hex()))
            kinds[ours.split()[0]] = kinds.get(ours.split()[0], 0) + 1
        print('differential: {} backups, both readers agree: {}'.format(
            len(journals), ', '.join('{} {}'.format(count, kind) for kind, count in sorted(kinds.items()))), flush=True)
        return kinds

    def test_both_readers_find_every_honest_backup_good(self):
        self.assertEqual(len(self.journals), JOURNALS)
        self.assertEqual(self.compare(self.journals), {'good': JOURNALS})
        records = [int(line.split()[2]) for line in judged(self.journals)]
        self.assertGreater(max(records), 10, 'journals that say nothing')

    def test_both_readers_say_the_same_of_every_mutated_backup(self):
        draw = random.Random(FIRST)
        made = [(entropy, really_mutated(self.words[entropy], data, draw)) for entropy, data in self.journals]
        kinds = self.compare(made)
        self.assertGreater(kinds.get('damaged', 0), 0)
        self.assertGreater(kinds.get('tampered', 0), 0)


if __name__ == '__main__':
    unittest.main()
