#!/usr/bin/python3
"""Known answers for tests/identity/known_answers_test.cc and tests/log/chain_test.cc, from Python's standard library
alone (hashlib.blake2b, sha512) and the curve arithmetic below, written after RFC 7748 and RFC 8032: nothing is shared
with the program. Run it and compare, or take its output when a format is added:

    /usr/bin/python3 tests/identity/known_answers.py > tests/identity/known_answers.json

libsodium's crypto_kdf is BLAKE2b with the master key as key, the context as personalisation and the number as salt."""
import json
from hashlib import blake2b, sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def kdf(master, context, number, size=32):
    return blake2b(digest_size=size, key=master, person=context.ljust(16, b"\0"),
                   salt=number.to_bytes(8, "little").ljust(16, b"\0")).digest()


def tagged(tag, *fields, key=b"", size=32):
    return blake2b(tag.encode() + b"\0" + b"".join(fields), digest_size=size, key=key).digest()


def be64(n):
    return n.to_bytes(8, "big")


# --- X25519, RFC 7748 section 5
def x25519_public(secret):
    k = bytearray(secret)
    k[0] &= 248
    k[31] = (k[31] & 127) | 64
    k = int.from_bytes(k, "little")
    x1, x2, z2, x3, z3, swap = 9, 1, 0, 9, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap != bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb = d * a % P, c * b % P
        x3, z3 = pow(da + cb, 2, P), x1 * pow(da - cb, 2, P) % P
        aa, bb = a * a % P, b * b % P
        e = aa - bb
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


# --- Ed25519, RFC 8032 section 5.1, in affine coordinates: slow and plain
def add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def times(k, p):
    r = (0, 1)
    while k:
        if k & 1:
            r = add(r, p)
        p, k = add(p, p), k >> 1
    return r


def unpacked(y):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 else x, y) if x * x % P == xx else None


def base():
    return unpacked(4 * pow(5, P - 2, P) % P)


def packed(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def expanded(seed):
    h = sha512(seed).digest()
    return int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254, h[32:]


def ed25519_public(seed):
    return packed(times(expanded(seed)[0], base()))


def ed25519_sign(seed, message):
    a, prefix = expanded(seed)
    public = packed(times(a, base()))
    r = int.from_bytes(sha512(prefix + message).digest(), "little") % L
    big_r = packed(times(r, base()))
    h = int.from_bytes(sha512(big_r + public + message).digest(), "little") % L
    return big_r + ((r + h * a) % L).to_bytes(32, "little")


def order_eight():
    for y in range(2, 100):
        point = unpacked(y)
        if point and times(4, times(L, point)) != (0, 1):
            return times(L, point)


def mixed_order_signature(seed, text):
    """A root with a part of order 8, and a signature that a verifier without cofactor takes for good: the challenge is
    made a multiple of 8, so that the part of order 8 drops out."""
    a = expanded(seed)[0]
    public = packed(add(times(a, base()), order_eight()))
    r = 1
    while True:
        big_r = packed(times(r, base()))
        h = int.from_bytes(sha512(big_r + public + text(public)).digest(), "little") % L
        if h % 8 == 0:
            return public, big_r + ((r + h * a) % L).to_bytes(32, "little")
        r += 1


# --- just enough of the protobuf wire format
def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field_bytes(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def field_int(number, value):
    return varint(number << 3) + varint(value)


def run(first):
    return bytes(range(first, first + 32))


def main():
    entropy = run(0)
    seed, backup, self_seed = (kdf(entropy, b"attROOT_", n) for n in (1, 2, 3))
    root = ed25519_public(seed)
    other_root = ed25519_public(kdf(run(1), b"attROOT_", 1))
    couple = tagged("attune couple v1", min(root, other_root), max(root, other_root))

    def statement(body):
        signature = ed25519_sign(seed, b"attune roster statement v1\0" + root + body)
        return {"wire": (field_bytes(1, body) + field_bytes(2, signature)).hex(), "body": body.hex(),
                "hash": tagged("attune statement v1", body).hex()}

    admit = field_bytes(1, field_bytes(1, run(100)) + field_int(2, 7))
    cut = field_bytes(1, run(150)) + field_int(2, 300) + field_bytes(3, run(180))
    revoke = field_bytes(2, field_bytes(1, run(100)) + field_int(2, 1) + field_bytes(3, run(50)) + field_bytes(4, cut))
    own = field_bytes(3, field_bytes(1, tagged("attune statement v1", revoke)) + field_bytes(2, cut))

    mixed_root, mixed = mixed_order_signature(seed, lambda root: b"attune roster statement v1\0" + root + admit)

    def self_key(fields):
        key = tagged("attune self key v1", *fields, key=self_seed)
        sub = {name: kdf(key, b"attSELF_", n).hex() for n, name in enumerate(("psk", "seal", "backup_mac", "beacon"), 1)}
        return key, {"secret": key.hex(), "name": tagged("attune key name v1", key)[:8].hex(), **sub}

    first, first_json = self_key([])
    _, second_json = self_key([revoke])
    couple_key = run(20)

    log, creator, number = run(60), root, bytes(range(16))
    payload = run(0) + b"an op, as far as a log can tell"
    link0 = tagged("attune log v1", log, root, couple)
    link0_own = tagged("attune log v1", log, root, bytes(32))
    op = tagged("attune payload v1", creator, number, payload)
    link1 = tagged("attune link v1", link0, be64(1), creator, number, op)
    link2 = tagged("attune link v1", link1, be64(2), creator, number, op)
    seal_key = kdf(first, b"attSELF_", 2)
    seal = tagged("attune key name v1", first)[:8] + tagged("attune seal v1", log, be64(2), link2, key=seal_key)

    print(json.dumps({
        "entropy": entropy.hex(), "root": root.hex(), "signing_seed": seed.hex(), "backup": backup.hex(),
        "backup_recipient": x25519_public(backup).hex(), "self_seed": self_seed.hex(),
        "other_root": other_root.hex(), "couple": couple.hex(),
        "admit": statement(admit), "revoke": statement(revoke), "own_cut_offs": statement(own),
        "newer_kind": statement(field_bytes(9, b"something of a newer program")),
        "mixed_order": {"root": mixed_root.hex(), "body": admit.hex(), "signature": mixed.hex(),
                        "wire": (field_bytes(1, admit) + field_bytes(2, mixed)).hex()},
        "first_self_key": first_json, "second_self_key": second_json,
        "couple_key": {"secret": couple_key.hex(), "hash": tagged("attune couple key v1", couple_key).hex(),
                       "psk": kdf(couple_key, b"attCOUPL", 1).hex(), "beacon": kdf(couple_key, b"attCOUPL", 4).hex()},
        "chain": {"log": log.hex(), "number": number.hex(), "payload": payload.hex(), "op": op.hex(),
                  "link0": link0.hex(), "link0_own": link0_own.hex(), "link1": link1.hex(), "link2": link2.hex(),
                  "seal": seal.hex()},
    }, indent=1))


main()
