"""The wire format of Protocol Buffers, as far as proto3 needs it, and why something is refused."""


class Refused(Exception):
    """Why: damaged, tampered, wrong_words or incompatible."""


def damaged(what):
    return Refused('damaged', what)


def varint(data, at, most=10):
    value = 0
    for i in range(most):
        if at + i >= len(data):
            raise damaged('a number is cut off')
        value |= (data[at + i] & 127) << 7 * i
        if data[at + i] < 128:
            return value & 2**64 - 1, at + i + 1
    raise damaged('a number is too long')


def written(number):
    out = b''
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def fields(data, depth=16):
    """Number, wire type and value of each field; groups are passed over, as proto3 passes over what it does not know."""
    at, found = 0, []
    while at < len(data):
        tag, at = varint(data, at, 5)
        tag &= 2**32 - 1
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise damaged('a field without a number')
        if kind == 3:
            at = _past_group(data, at, number, depth - 1)
            continue
        value, at = _value(data, at, kind)
        found.append((number, kind, value))
    return found


def _past_group(data, at, number, depth):
    if depth <= 0:
        raise damaged('it is nested too deeply')
    while True:
        tag, at = varint(data, at, 5)
        tag &= 2**32 - 1
        inner, kind = tag >> 3, tag & 7
        if inner == 0:
            raise damaged('a field without a number')
        if kind == 4:
            if inner != number:
                raise damaged('a group ends that did not begin')
            return at
        if kind == 3:
            at = _past_group(data, at, inner, depth - 1)
        else:
            _, at = _value(data, at, kind)


def _value(data, at, kind):
    if kind == 0:
        return varint(data, at)
    if kind == 2:
        size, at = varint(data, at)
    elif kind in (1, 5):
        size = 8 if kind == 1 else 4
    else:
        raise damaged('no such kind of field')
    if at + size > len(data):
        raise damaged('a field is cut off')
    return data[at:at + size], at + size


class Message(dict):
    """Fields of a message by name: bytes and numbers, the last one counts; lists of bytes where repeated."""

    def __init__(self, data, **names):
        super().__init__()
        for name, (_, kind) in names.items():
            self[name] = {'bytes': b'', 'number': 0, 'many': [], 'optional': None}[kind]
        by_number = {number: (name, kind) for name, (number, kind) in names.items()}
        for number, wire, value in fields(data):
            name, kind = by_number.get(number, (None, None))
            if name is None or (wire == 0) != (kind in ('number', 'optional')) or wire in (1, 5):
                continue
            if kind == 'many':
                self[name].append(value)
            else:
                self[name] = value

    __getattr__ = dict.__getitem__


def sized(value, *sizes):
    if len(value) not in sizes:
        raise damaged('a field of another size')
    return value
