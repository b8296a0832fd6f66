"""A home's store with its owner's own keys: for tests that look for what must not be there."""
import os
import shutil
import subprocess
import tempfile

from attune import PATIENCE

READ_STORE = os.environ.get('ATTUNE_READ_STORE', '')


def printed(*arguments):
    done = subprocess.run([READ_STORE, *arguments], capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def plaintext(home):
    """Everything that the owner's own keys can still read in the store. No node may run."""
    return printed(home.path, home.passphrase_file)


def keys(home, *kinds):
    """Every secret key that the home holds, and those that come from them: (NAME, 32 bytes). There must be some of each of
    these kinds. No node may run."""
    with tempfile.TemporaryDirectory(prefix='attune-') as folder:   # whoever opens a store writes in it
        copy = shutil.copytree(home.path, os.path.join(folder, 'home'))
        lines = printed('--keys', copy, home.passphrase_file).decode().splitlines()
    found = {(name, bytes.fromhex(key)) for name, key in (line.split(': ') for line in lines)}
    for kind in kinds:
        if not any(name == kind and len(key) == 32 for name, key in found):
            raise AssertionError(f'the {kind} was not told')
    return found


def identity(home):
    """By what the vault of a home names its person and device: raw bytes."""
    first = plaintext(home).split(b'\n', 1)[0].decode().split()
    return {'root': bytes.fromhex(first[2]), 'device': bytes.fromhex(first[4])}
