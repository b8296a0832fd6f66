"""A home's store with its owner's own keys: for tests that look for what must not be there."""
import os
import subprocess

from attune import PATIENCE

READ_STORE = os.environ.get('ATTUNE_READ_STORE', '')


def plaintext(home):
    """Everything that the owner's own keys can still read in the store. No node may run."""
    done = subprocess.run([READ_STORE, home.path, home.passphrase_file], capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def identity(home):
    """By what the vault of a home names its person and device: raw bytes."""
    first = plaintext(home).split(b'\n', 1)[0].decode().split()
    return {'root': bytes.fromhex(first[2]), 'device': bytes.fromhex(first[4])}
