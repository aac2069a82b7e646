#!/usr/bin/env python3
"""The databases that the Python version leaves behind, sealed by the very package it used.

    old_version.py FOLDER      writes tokens.db and sessions.db
    old_version.py --check     compares the committed ones, row by row, with what it would write

Every time and initialisation vector is fixed, so two runs write the same rows.
"""

import base64
import hashlib
import pathlib
import sqlite3
import sys
import tempfile

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

SECRET = "a-state-secret-of-the-old-days"
ANNA = "7f1d1c5e-3f0a-4c57-9d43-0f5a5b1f6c01"
BORIS = "c2b7a0de-5a8e-4e0b-8f2c-6d1e9a7b4c02"
# The stories' clock: Saturday, 21 November 2026, 11:00 UTC.
NOW = 1_795_258_800

COMMITTED = pathlib.Path(__file__).parent / "old_version"


def key():
    kdf = PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=b"salt_", iterations=100_000)
    return Fernet(base64.urlsafe_b64encode(kdf.derive(SECRET.encode())))


def sealed(fernet, name, value):
    iv = hashlib.sha256(name.encode()).digest()[:16]
    return fernet._encrypt_from_parts(value.encode(), NOW - 86_400, iv).decode()


def tokens(fernet):
    """Name, value, type, status, end."""
    rows = [
        # A merchant with a shop and a Page.
        ("USER_UUID_nordlys_myshopify_com", ANNA, "uuid", "active", None),
        ("SHOPIFY_ACCESS_TOKEN_nordlys_myshopify_com", "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", "token", "active", None),
        ("PAGE_UUID_106511000000001", ANNA, "uuid", "active", None),
        ("FACEBOOK_ACCESS_TOKEN_106511000000001", "EAABoldPageTokenOfNordlys0000001", "token", "active", None),
        # A second one, whose token was canceled and whose Page's had ended.
        ("USER_UUID_solvik_myshopify_com", BORIS, "uuid", "active", None),
        ("SHOPIFY_ACCESS_TOKEN_solvik_myshopify_com", "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", "token", "canceled", None),
        ("PAGE_UUID_106511000000002", BORIS, "uuid", "active", None),
        ("FACEBOOK_ACCESS_TOKEN_106511000000002", "EAABoldPageTokenOfSolvik00000002", "token", "active", NOW - 60),
        # Nobody's, somebody's for everybody, and what was never a name.
        ("FACEBOOK_USER_ACCESS_TOKEN", "EAABoldUserTokenOfTheLastOne0003", "token", "active", None),
        ("SHOPIFY_ACCESS_TOKEN_orphan_myshopify_com", "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", "token", "active", None),
        ("SHOPIFY_ACCESS_TOKEN_evil_example_com", "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", "token", "active", None),
        ("PAGE_UUID_106511000000003", "not a uuid", "uuid", "active", None),
    ]
    rows = [(name, sealed(fernet, name, value), kind, status, end) for name, value, kind, status, end in rows]
    broken = sealed(fernet, "USER_UUID_broken_myshopify_com", ANNA)
    rows.append(("USER_UUID_broken_myshopify_com", broken[:-6] + "AAAA==", "uuid", "active", None))
    return rows


def sessions(fernet):
    return [
        ("0d7c9a52-ended-two-hours-ago-4be1", sealed(fernet, "s1", ANNA), NOW - 7_200),
        ("5b0e7d1c-8a44-4a7e-9a2b-3c1f5e6d7a80", sealed(fernet, "s2", ANNA), NOW - 600),
        ("77aa55cc-nobody-we-know-0000000000", sealed(fernet, "s3", "00000000-0000-4000-8000-000000000009"), NOW - 500),
        ("99bb66dd-from-the-future-0000000000", sealed(fernet, "s4", BORIS), NOW + 3_600),
    ]


def write(folder):
    fernet = key()
    with sqlite3.connect(folder / "tokens.db") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE tokens (key TEXT PRIMARY KEY, value TEXT NOT NULL, type TEXT NOT NULL, "
            "status TEXT DEFAULT 'active', expires_at INTEGER)"
        )
        db.executemany("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", tokens(fernet))
    db.close()
    with sqlite3.connect(folder / "sessions.db") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE sessions (session_id TEXT PRIMARY KEY, uuid TEXT NOT NULL, created_at INTEGER NOT NULL)")
        db.executemany("INSERT INTO sessions VALUES (?, ?, ?)", sessions(fernet))
    db.close()


def dump(path):
    copy = sqlite3.connect(":memory:")
    copy.deserialize(rollback_mode(path.read_bytes()))
    return list(copy.iterdump())


def rollback_mode(image):
    """The same database without the mark of the write-ahead log, which an image in memory cannot have."""
    return image[:18] + b"\x01\x01" + image[20:]


def main(arguments):
    if arguments == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            write(folder)
            for name in ["tokens.db", "sessions.db"]:
                if dump(folder / name) != dump(COMMITTED / name):
                    sys.exit(f"{COMMITTED / name} is not what {__file__} writes; run: {__file__} {COMMITTED}")
        print("the old version's databases are what cryptography seals today")
    elif len(arguments) == 1:
        write(pathlib.Path(arguments[0]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
