"""One end of Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b by python3-dissononce, an implementation that is not ours.

dissononce_peer.py initiator|responder PROLOGUE PSK (both in hex). Then one command a line, one answer a line:
    write:HEX  a handshake message with that payload      read:HEX  the payload of a handshake message
    seal:HEX   a transport message                         open:HEX  the text of a transport message
    hash:      the handshake hash                          peer:     the other side's static key
    own:       this side's static key
"refused" is the answer to what does not authenticate.
"""

import sys

try:
    from dissononce.cipher.chachapoly import ChaChaPolyCipher
    from dissononce.dh.x25519.x25519 import X25519DH
    from dissononce.exceptions.decrypt import DecryptFailedException
    from dissononce.hash.blake2b import Blake2bHash
    from dissononce.processing.handshakepatterns.interactive.XX import XXHandshakePattern
    from dissononce.processing.impl.cipherstate import CipherState
    from dissononce.processing.impl.handshakestate import HandshakeState
    from dissononce.processing.impl.symmetricstate import SymmetricState
    from dissononce.processing.modifiers.psk import PSKPatternModifier
except ImportError:
    print("missing", flush=True)
    sys.exit(0)


class Peer:
    def __init__(self, initiator, prologue, psk):
        self.initiator = initiator
        dh = X25519DH()
        self.static = dh.generate_keypair()
        self.state = HandshakeState(SymmetricState(CipherState(ChaChaPolyCipher()), Blake2bHash()), dh)
        pattern = PSKPatternModifier(0).modify(XXHandshakePattern())
        self.state.initialize(pattern, initiator, prologue, s=self.static, psks=(psk,))
        self.sender = self.receiver = None

    def finish(self, ciphers):
        if ciphers is not None:
            self.sender, self.receiver = ciphers if self.initiator else reversed(ciphers)

    def write(self, payload):
        message = bytearray()
        self.finish(self.state.write_message(payload, message))
        return bytes(message)

    def read(self, message):
        payload = bytearray()
        self.finish(self.state.read_message(message, payload))
        return bytes(payload)

    def seal(self, text):
        return self.sender.encrypt_with_ad(b"", text)

    def open(self, message):
        return self.receiver.decrypt_with_ad(b"", message)

    def hash(self, _):
        return self.state.symmetricstate.get_handshake_hash()

    def peer(self, _):
        return self.state.rs.data

    def own(self, _):
        return self.static.public.data


def main():
    peer = Peer(sys.argv[1] == "initiator", bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3]))
    commands = {name: getattr(peer, name) for name in ("write", "read", "seal", "open", "hash", "peer", "own")}
    print(peer.state.protocol_name, flush=True)
    for line in sys.stdin:
        name, _, argument = line.strip().partition(":")
        try:
            print(commands[name](bytes.fromhex(argument)).hex(), flush=True)
        except DecryptFailedException:
            print("refused", flush=True)


if __name__ == "__main__":
    main()
