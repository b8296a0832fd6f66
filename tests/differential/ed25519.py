"""Ed25519, RFC 8032, in extended coordinates: slow and straight."""
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
NEUTRAL = (0, 1, 1, 0)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    result = NEUTRAL
    while number:
        if number & 1:
            result = _add(result, point)
        point, number = _add(point, point), number >> 1
    return result


def _same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def _point(packed):
    """None: not the canonical encoding of a point."""
    number = int.from_bytes(packed, 'little')
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != xx or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _packed(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little')


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


def ed25519_public(seed):
    half = int.from_bytes(sha512(seed).digest()[:32], 'little') & (1 << 254) - 8 | 1 << 254
    return _packed(_times(half, BASE))


def believable(root):
    """docs/protocol.md, 2.2: the canonical encoding of a point of the prime-order group."""
    point = _point(root)
    return point is not None and not _same(point, NEUTRAL) and _same(_times(L, point), NEUTRAL)


def ed25519_holds(root, message, signature):
    point, s = _point(root), int.from_bytes(signature[32:], 'little')
    if point is None or s >= L:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + root + message).digest(), 'little') % L
    # R is computed and compared as bytes: nothing but its one encoding will do.
    negated = (P - point[0], point[1], 1, P - point[3])
    return _packed(_add(_times(s, BASE), _times(challenge, negated))) == signature[:32]
