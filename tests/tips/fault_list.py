"""The deliberate faults of `python -m tests.tips.faults`."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIPS = Path("board/tips")


@dataclass(frozen=True, slots=True)
class Fault:
    """`old`, which occurs once in `path` (below board/tips), becomes `new`. `tests`: modules of
    tests/tips, or paths, that have to notice.
    """

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def source(self) -> str:
        return (ROOT / TIPS / self.path).read_text()

    @property
    def is_current(self) -> bool:
        """Whether the code still has the text this fault replaces, once."""
        return self.source.count(self.old) == 1 and self.old != self.new


FAULTS = (
    # Cryptography.
    Fault(
        "the same nonce for every message", "crypto/primitives.py",
        "nonce = os.urandom(_NONCE)", "nonce = bytes(_NONCE)", ("test_crypto",),
    ),
    Fault(
        "ciphertexts without their context", "crypto/primitives.py",
        'return "|".join([VERSION, *map(str, context)]).encode()', "return VERSION.encode()",
        ("test_crypto", "test_retention"),
    ),
    Fault(
        "no padding of messages", "crypto/primitives.py",
        "bytes(padded_size(max(len(data) + 1, least)) - len(data) - 1)", 'b""',
        ("test_crypto", "test_retention"),
    ),
    Fault(
        "any signature is valid", "crypto/primitives.py",
        "    except (InvalidSignature, ValueError):\n        return False\n",
        "    except (InvalidSignature, ValueError):\n        return True\n", ("test_crypto",),
    ),
    Fault(
        "passphrases without the pepper", "crypto/primitives.py",
        "memory_cost=_KIB, secret=pepper", "memory_cost=_KIB",
        ("test_crypto", "test_retention"),
    ),
    Fault(
        "cheap passphrases", "crypto/primitives.py",
        "_PASSES, _LANES, _KIB = 3, 1, 64 * 1024", "_PASSES, _LANES, _KIB = 1, 1, 1024",
        ("test_crypto", "test_send_tip"),
    ),
    Fault(
        "one key for all purposes", "crypto/primitives.py",
        'f"{VERSION}|{purpose}".encode()', 'VERSION.encode()', ("test_crypto",),
    ),
    Fault(
        "no post-quantum half", "crypto/primitives.py",
        'return HYBRID if hasattr(hpke, "MLKEM768X25519PrivateKey") else X25519', "return X25519",
        ("test_crypto",),
    ),
    Fault(
        "the last chunk is not marked", "crypto/file_cipher.py",
        'return struct.pack(">xxxQ?", count, last)', 'return struct.pack(">xxxQ?", count, False)',
        ("test_crypto",),
    ),
    Fault(
        "chunks are not numbered", "crypto/file_cipher.py",
        'return struct.pack(">xxxQ?", count, last)', 'return struct.pack(">xxxQ?", 0, last)',
        ("test_crypto",),
    ),
    Fault(
        "files keep their size", "crypto/file_cipher.py",
        "padding = padded_size(max(self.size, SIZE_MIN)) - self.size", "padding = 0",
        ("test_crypto",),
    ),
    Fault(
        "one key for all files", "crypto/file_cipher.py",
        "self.path, self.key = path, os.urandom(32)", "self.path, self.key = path, bytes(32)",
        ("test_crypto",),
    ),
    Fault(
        "files readable by others", "crypto/file_cipher.py",
        "os.O_EXCL | os.O_CLOEXEC, 0o600", "os.O_EXCL | os.O_CLOEXEC, 0o644", ("test_crypto",),
    ),
    Fault(
        "clear text in the database", "sealed/sealed_tip.py",
        "sealed=primitives.encrypt_shared(secret, padded, *context),",
        "sealed=primitives.encrypt_shared(secret, padded, *context) + padded,",
        ("test_retention",),
    ),
    Fault(
        "clear text beside the ciphertext of an entry", "sealed/search_index.py",
        "data = primitives.pad(summary.to_bytes())\n",
        "data = primitives.pad(summary.to_bytes())\n    tip.ref = summary.text[:32] or tip.ref\n",
        ("test_search_tips", "test_retention"),
    ),
    Fault(
        "items are not bound to their number", "sealed/items.py",
        'return "item", tip.ref, str(purpose), epoch, number, kind, file or ""',
        'return "item", tip.ref, str(purpose), epoch, kind, file or ""',
        ("test_retention", "test_crypto"),
    ),
    Fault(
        "items are not bound to their tip", "sealed/items.py",
        'return "item", tip.ref, str(purpose), epoch, number, kind, file or ""',
        'return "item", str(purpose), epoch, number, kind, file or ""', ("test_retention",),
    ),
    Fault(
        "items are not bound to their kind", "sealed/items.py",
        'return "item", tip.ref, str(purpose), epoch, number, kind, file or ""',
        'return "item", tip.ref, str(purpose), epoch, number, file or ""', ("test_retention",),
    ),
    Fault(
        "grants are not bound to their tip", "sealed/keyring.py",
        'return "grant", tip.ref, str(purpose), epoch', 'return "grant", str(purpose), epoch',
        ("test_retention",),
    ),
    Fault(
        "grants are not bound to their purpose", "sealed/keyring.py",
        'return "grant", tip.ref, str(purpose), epoch', 'return "grant", tip.ref, epoch',
        ("test_retention",),
    ),
    Fault(
        "the source gets the key of the notes", "sealed/keyring.py",
        "if purpose is Purpose.TALK or not isinstance(holder, Source):", "if holder:",
        ("test_retention", "test_send_tip"),
    ),
    Fault(
        "new keys for whoever has a row", "sealed/sealed_tip.py",
        "if holder in members or (isinstance(holder, Source) and matches_digest(holder, digest))",
        "if True", ("test_retention",),
    ),
    Fault(
        "no new keys for a tip whose reader was removed", "sealed/sealed_tip.py",
        "            self.tip.assignee_id = None\n        self._rotate_keys(members)\n",
        "            self.tip.assignee_id = None\n", ("test_read_tips", "test_retention"),
    ),
    Fault(
        "no new keys when a reader joins", "sealed/sealed_tip.py",
        "        if self.tip.is_open:\n            self._rotate_keys(members)\n", "",
        ("test_read_tips", "test_retention"),
    ),
    Fault(
        "search entries without the erase key", "sealed/search_index.py",
        'key.derive_private("gist") + key_files.erase_key(tip.ref), "gist")',
        'key.derive_private("gist"), "gist")', ("test_search_tips",),
    ),
    Fault(
        "a message under another name is not missed", "desk/tip_page.py",
        "    opened.require_whole()\n", "", ("test_retention",),
    ),
    Fault(
        "checkpoints do not count messages", "integrity/snapshots.py",
        "Tip.last_number, of_tip)", "Tip.last_number)", ("test_rollback",),
    ),
    Fault(
        "headers that no page shows stay", "files/documents/ooxml/word/headers.py",
        "if own and not is_needed:", "if False:", ("tests/tips/files/test_office.py",),
    ),
    # Form tokens and sessions.
    Fault(
        "the code in clear in the form’s token", "models/form_tokens.py",
        'return primitives.encrypt(derive_secret(key, "answer"), data, "answer")',
        'return primitives.encrypt(derive_secret(key, "answer"), data, "answer") + data',
        ("test_retention",),
    ),
    Fault(
        "form tokens nobody signed", "models/form_tokens.py",
        " or not _is_mac_of(body, mac)", "", ("test_send_tip", "test_retention"),
    ),
    Fault(
        "form tokens for ever", "models/form_tokens.py",
        "return elapsed if elapsed < LIFETIME else None", "return elapsed", ("test_send_tip",),
    ),
    Fault(
        "the code can be shown for ever", "models/form_tokens.py",
        'is_fresh = now().timestamp() < answer.pop("until")', "is_fresh = True",
        ("test_send_tip", "test_press_twice"),
    ),
    Fault(
        "the token of a session in clear", "models/key_holders.py",
        "def _hash(token: str) -> bytes:\n    return hashlib.sha256(token.encode()).digest()",
        "def _hash(token: str) -> bytes:\n    return token.encode()", ("test_retention",),
    ),
    Fault(
        "a session never ends", "models/key_holders.py",
        'if payload is None or now().timestamp() > min(payload["idle"], payload["ends"]):',
        "if payload is None:", ("test_send_tip", "test_read_tips"),
    ),
    Fault(
        "a session is prolonged beyond its end", "models/key_holders.py",
        'min(payload["idle"], payload["ends"])', 'payload["idle"]', ("test_read_tips",),
    ),
    Fault(
        "the key in clear in the session", "models/key_holders.py",
        "self.sealed = primitives.encrypt(secret, json.dumps(payload).encode(), ",
        "self.sealed = (lambda key, data, *_: data)(secret, json.dumps(payload).encode(), ",
        ("test_send_tip", "test_read_tips"),
    ),
    Fault(
        "an old code goes on in other browsers", "models/source.py",
        "        self.wrap_key(key, kek)\n        UnlockedSession.end_all(self)\n",
        "        self.wrap_key(key, kek)\n", ("test_send_tip",),
    ),
    Fault(
        "visits are not counted", "models/source.py",
        '"count": before["count"] + 1', '"count": before["count"]',
        ("test_send_tip",),
    ),
    Fault(
        "locking keeps the cookie", "readers/unlock_session.py",
        'response.delete_cookie(cookie_name(cookie), httponly=True, samesite="Strict", '
        "secure=is_https())\n", "pass\n", ("test_send_tip", "test_read_tips"),
    ),
    Fault(
        "locking keeps the session", "readers/unlock_session.py",
        "        db.session.delete(session)\n", "        pass\n",
        ("test_send_tip", "test_read_tips"),
    ),
    Fault(
        "scripts can read the cookie", "readers/unlock_session.py",
        '        token,\n        httponly=True,\n', "        token,\n",
        ("test_send_tip", "test_read_tips"),
    ),
    Fault(
        "somebody else’s session opens", "readers/unlock_views.py",
        "if not isinstance(reader, TipReader) or reader.user_id != current_user().id:",
        "if not isinstance(reader, TipReader):", ("test_read_tips",),
    ),
    Fault(
        "passphrases can be guessed without end", "readers/unlock_views.py",
        'email=f"tips of {reader.user_id}"', "email=__import__('secrets').token_hex()",
        ("test_read_tips",),
    ),
    # The roster.
    Fault(
        "a roster nobody signed", "models/roster.py",
        'if not signed or before != previous:', 'if body["before"] != previous:',
        ("test_retention",),
    ),
    Fault(
        "a version taken out of the roster", "models/roster.py",
        'if not signed or before != previous:', "if not signed:", ("test_retention",),
    ),
    Fault(
        "a reader’s key that was replaced", "models/roster.py",
        "if any(entries[reader.id] != {**entries[reader.id], ", "if False and any({} != {",
        ("test_retention",),
    ),
    Fault(
        "readers who are on no roster", "models/roster.py",
        "if r.id in entries]", "]", ("test_retention", "test_read_tips"),
    ),
    Fault(
        "readers without the permission", "models/key_holders.py",
        "return cls._with_users().where(may_read_tips())", "return cls._with_users()",
        ("test_read_tips", "test_offboarding"),
    ),
    # Erasure.
    Fault(
        "an erased tip keeps its erase key", "sealed/retention.py",
        "    key_files.erase(tip.ref)\n", "", ("test_retention",),
    ),
    Fault(
        "an erased tip keeps its files", "sealed/retention.py",
        "    key_files.remove_files(files)\n", "", ("test_retention",),
    ),
    Fault(
        "an erased tip keeps its source", "sealed/retention.py",
        "            revoke_source(holder)\n", "            pass\n", ("test_retention",),
    ),
    Fault(
        "an erased tip keeps its search entries", "sealed/retention.py",
        "    search_index.delete_entries(tip=tip)\n", "", ("test_retention", "test_search_tips"),
    ),
    Fault(
        "a held tip is erased", "models/tip.py",
        "not_held = or_(cls.held_until.is_(None), cls.held_until < day)",
        "not_held = or_(cls.id == cls.id)", ("test_retention",),
    ),
    Fault(
        "the log of the database keeps erased tips", "desk/manage_views.py",
        "    truncate_wal()\n", "", ("test_retention", "test_search_tips"),
    ),
    # What is dated and logged.
    Fault(
        "minutes in encrypted messages", "dates.py", "%Y-%m-%d %H", "%Y-%m-%d %H:%M",
        ("test_retention",),
    ),
    Fault(
        "an emptied checkpoint file is begun anew", "integrity/checkpoints.py",
        'return ["file"] if current["tips"]', 'return [] if current["tips"]', ("test_rollback",),
    ),
    Fault(
        "a source is not told of a removed checkpoint", "integrity/source_checkpoints.py",
        "if tip and not seen and", "if False and", ("test_rollback",),
    ),
    Fault(
        "files tell the hour", "crypto/private_files.py",
        "        os.utime(path, (midnight, midnight))", "        pass", ("test_abuse",),
    ),
    Fault(
        "errors quote a tip", "web/log_filter.py",
        "record.args, record.exc_info, record.exc_text = (), None, None", "pass",
        ("test_abuse", "test_retention"),
    ),
    Fault(
        "errors tell the millisecond", "web/log_filter.py",
        "record.created, record.msecs, record.relativeCreated = start_of_day().timestamp(), 0, 0",
        "pass", ("test_abuse",),
    ),
    Fault(
        "opening a tip is not logged", "desk/tip_views.py",
        "            append_entry(AuditAction.OPEN, by=current_user(), tip_id=id)\n", "",
        ("test_read_tips", "test_audit_log"),
    ),
    Fault(
        "viewing contact details is not logged", "desk/tip_views.py",
        "        append_entry(AuditAction.CONTACT, by=current_user(), tip_id=id)\n", "",
        ("test_read_tips", "test_audit_log"),
    ),
    # Pages of sources.
    Fault(
        "pages may be cached", "web/responses.py",
        'response.headers["Cache-Control"] = "private, no-store, no-transform"',
        'response.headers["Cache-Control"] = "private"', ("test_send_tip",),
    ),
    Fault(
        "pages keep their size", "web/responses.py",
        "        _pad(response)\n", "        pass\n", ("test_send_tip",),
    ),
    Fault(
        "the referrer is sent", "web/responses.py",
        'response.headers["Referrer-Policy"] = "no-referrer"', "pass", ("test_send_tip",),
    ),
    Fault(
        "downloads are shown by browsers", "web/download.py",
        'response.headers.set("Content-Disposition", "attachment", filename=',
        'response.headers.set("Content-Disposition", "inline", filename=', ("test_attachments",),
    ),
    Fault(
        "downloads keep their size", "web/download.py",
        'b" " * (padded_length(size) - _least_length(size))', 'b""', ("test_inbox",),
    ),
    Fault(
        "links in tips can be clicked", "web/safe_text.py",
        'return _HOST.sub("[.]", _SCHEME.sub(r"\\1xx\\2", text))', "return text",
        ("test_abuse", "test_inbox"),
    ),
    Fault(
        "hidden marks stay in what readers copy", "web/safe_text.py",
        "    return normalize(text)\n", "    return text\n", ("test_abuse",),
    ),
    Fault(
        "a tip is sent without its preview", "source/form_state.py",
        "not self.form.is_previewed or", "", ("test_send_tip",),
    ),
    Fault(
        "the code may stand in the text", "forms.py",
        "passphrases.contains_code(field.data)", "False", ("test_abuse",),
    ),
    Fault(
        "any number of tips in an hour", "sealed/rate_limit.py",
        "if limit and is_over:", "if False:", ("test_floods",),
    ),
    Fault(
        "a wrong code costs no derivation", "source/mailbox_views.py",
        "            tag, kek = key_files.stretch(code)\n",
        "            tag, kek = (b'', b'') if problem else key_files.stretch(code)\n",
        ("test_send_tip", "test_abuse"),
    ),
    Fault(
        "the second of two presses acts as well", "web/idempotency.py",
        "        if key:\n            form_tokens.record(key, answer)\n", "", ("test_press_twice",),
    ),
    # Attachments and what they reveal.
    Fault(
        "drafts in clear", "attachments/drafts.py",
        'encrypted = primitives.encrypt(self._secret, primitives.pad(data), "draft")',
        "encrypted = data", ("test_abuse", "test_attachments"),
    ),
    Fault(
        "a copy that still reveals something", "files/worker.py",
        "if any(not finding.stays for finding in inspect_inside(cleaned, limits)):", "if False:",
        ("tests/tips/files/test_clean.py",),
    ),
    Fault(
        "the parser keeps the network", "files/isolation/__init__.py",
        'layers["seccomp"] = seccomp.install()', 'layers["seccomp"] = False',
        ("tests/tips/files",),
    ),
    Fault(
        "the parser may open files", "files/isolation/__init__.py",
        'layers = {"Landlock": landlock.forbid_files(), ', 'layers = {"Landlock": True, ',
        ("tests/tips/files",),
    ),
    Fault(
        "the parser gets the settings", "files/sandbox.py",
        "        env={},\n", "", ("tests/tips/files/test_hostile_files.py",),
    ),
    # Mail and export.
    Fault(
        "mail in clear to a reader with a key", "notifications/emails.py",
        "if self.certificate is None:", "if True:", ("test_pgp_keys", "test_reader_emails"),
    ),
    Fault(
        "mail that names the tip", "notifications/emails.py",
        'LINK = "/desk/unread"', 'LINK = "/desk/tips/1"', ("test_inbox",),
    ),
    Fault(
        "an export to a key nobody proved", "desk/export_recipient.py",
        'return str(_recipient_state(reader, key)["to"])',
        'return str(_recipient_state(reader, key)["asked"])', ("test_export_tip",),
    ),
    Fault(
        "an export is not logged", "desk/export_views.py",
        "            audit_log.append_entry(act, by=current_user(), tip_id=id)\n",
        "            pass\n", ("test_export_tip",),
    ),
    Fault(
        "the tips log without its chain", "models/audit_log.py",
        "return hash_chain.row_hash(previous, self.as_dict)",
        'return hash_chain.row_hash(b"", self.as_dict)', ("test_audit_log",),
    ),
)  # fmt: skip
