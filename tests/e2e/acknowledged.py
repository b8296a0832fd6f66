"""What a journal must hold: all that the program said it keeps, nothing that it said is gone, and of what was broken off
either. For the tests that kill it.

Every text begins with a word of its own, by which it is known again wherever it turns up, in whatever version.
"""
import datetime
import itertools
import json
import subprocess

from attune import PATIENCE

FIRST_MOMENT = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)   # of what is brought along


def said_done(out):
    """Whether the program printed its answer: from then on it must stand, however the program ended afterwards."""
    try:
        return isinstance(json.loads(out), dict)
    except ValueError:
        return False


class Text:
    __slots__ = ('number', 'word', 'owner', 'shared', 'first', 'bodies', 'id', 'sure', 'void', 'erasing', 'erased')

    def __init__(self, number, owner, shared, tail):
        self.number, self.owner, self.shared = number, owner, shared
        self.word = f'{owner.lower()}{number}'
        self.first = f'{self.word} {tail}'.strip()
        self.bodies = {self.first}   # each that it may have now
        self.id = None
        self.sure = False        # said to be saved
        self.void = False        # made up by a device after its removal: must never be seen
        self.erasing = False     # somebody began to erase it
        self.erased = False      # and was told that it is done


class Act:
    """One command that changes the journal, under way. `process` may be killed before end()."""

    def __init__(self, home, command, typed, settle):
        self.home, self.command, self.settle = home, command, settle
        program = home.program(['--json', *command])
        self.process = subprocess.Popen(program, env=home.environment, stdin=subprocess.PIPE if typed else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if typed:
            try:
                self.process.stdin.write(typed.encode())   # less than a pipe holds: it does not block
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            self.process.stdin = None

    def end(self):
        """Waits for it. Whether it said that it is done."""
        self.out, self.err = (stream.decode() for stream in self.process.communicate(timeout=PATIENCE))
        self.done = said_done(self.out)
        self.settle(self.out if self.done else None)
        return self.done

    def __str__(self):
        return f'attune {" ".join(self.command)} -> {self.process.returncode}\n{self.out}{self.err}'


class Kept:
    """What all persons of a test wrote. `one_writer`: an entry is only ever changed on one device, one change after the
    other, so that the last one must show."""

    def __init__(self, one_writer=True):
        self.one_writer = one_writer
        self.texts = {}
        self.numbers = itertools.count(1)

    def new(self, owner, shared, tail=''):
        text = Text(next(self.numbers), owner, shared, tail)
        self.texts[text.word] = text
        return text

    def write(self, home, owner, shared, tail=''):
        text = self.new(owner, shared, tail)
        return Act(home, ['write', *(['--shared'] if shared else [])], text.first, self.saved(text))

    @staticmethod
    def saved(text):
        def settle(answer):
            if answer:
                text.sure, text.id = True, json.loads(answer)['id']
        return settle

    def edit(self, home, text):
        body = f'{text.word} edited {next(self.numbers)}'
        before = set(text.bodies)
        text.bodies.add(body)

        def settle(answer):
            if answer and self.one_writer:
                text.bodies -= before
        return Act(home, ['edit', text.id], body, settle)

    def erase(self, home, text):
        text.erasing = True

        def settle(answer):
            text.erased = text.erased or bool(answer)
        return Act(home, ['erase', text.id], '', settle)

    def bring(self, home, owner, shared, count):
        """Imports so many texts at once."""
        texts = [self.new(owner, shared, 'brought along ' + 'word by word ' * 16) for _ in range(count)]
        file = home.file(f'brought-{texts[0].word}.json', as_export(texts))

        def settle(answer):
            file.unlink()
            for text in texts:
                text.sure = answer is not None
        return Act(home, ['import', str(file), '--from', 'json', *(['--shared'] if shared else [])], '', settle)

    def to_change(self, owner):
        return [text for text in self.texts.values() if text.owner == owner and text.id and not text.erasing]

    def faults(self, person, entries, of):
        """What is wrong with what this person is shown. `of`: the persons all of whose acts must have arrived there."""
        seen = set()
        for entry in entries:
            word = entry['body'].split(' ', 1)[0]
            text = self.texts.get(word)
            if text is None:
                yield f'{word}: nobody wrote this'
            elif word in seen:
                yield f'{word}: there twice'
            elif text.void:
                yield f'{word}: made up after the removal, and shown'
            elif text.owner != person and not text.shared:
                yield f'{word}: private to {text.owner}, and {person} is shown it'
            elif text.owner in of and text.erased:
                yield f'{word}: said to be erased, and shown'
            elif text.owner in of and entry['body'] not in text.bodies:
                yield f'{word}: "{entry["body"][:80]}" is none of {[body[:80] for body in text.bodies]}'
            seen.add(word)
        for word, text in self.texts.items():
            if text.owner in of and text.sure and not text.erasing and word not in seen and (text.shared or text.owner == person):
                yield f'{word}: said to be saved, and lost'


def as_export(texts):
    """As `attune export --format json` writes it, each text at a moment of its own."""
    def line(text):
        moment = FIRST_MOMENT + datetime.timedelta(seconds=text.number)
        return json.dumps({'kind': 'note', 'at': moment.isoformat(timespec='milliseconds'), 'mine': True, 'body': text.first})
    return '{"format":"attune","version":1,"entries":[\n' + ',\n'.join(map(line, texts)) + '\n]}\n'
