"""What a taken-over worker may try. This text is run inside the worker, with TARGETS filled in."""

import ctypes
import encodings.idna  # noqa: F401 - a name is looked up with it
import errno
import json
import os
import resource
import signal
import socket
import threading

_libc = ctypes.CDLL(None, use_errno=True)
_FILES = ("pepper", "key", "database", "secret_key")
TARGETS: dict[str, str] = {
    "folder": "",  # with pepper, key, database and secret_key
    "server": "0",  # a process
    "port": "0",  # on which it listens
    "abstract": "",  # the name of its abstract socket
}
_COLUMN = 1 if os.uname().machine == "aarch64" else 0
_CALLS = {  # numbers for x86-64 and ARM64, and arguments that a kernel would take
    "trace the server": ((101, 117), (16, "server", 0, 0)),
    "read memory": ((310, 270), ("server", 0, 0, 0, 0, 0)),
    "mount": ((165, 40), (b"none", b"/proc", b"tmpfs", 0, 0)),
    "change root": ((161, 51), (b"/",)),
    "new users": ((272, 97), (0x10000000,)),
    "new mounts": ((272, 97), (0x00020000,)),
    "io_uring": ((425, 425), (8, ctypes.create_string_buffer(120))),
    "keyring": ((250, 219), (0, -3, 1)),
    "bpf": ((321, 280), (0, ctypes.create_string_buffer(72), 72)),
    "perf": ((298, 241), (ctypes.create_string_buffer(128), 0, -1, -1, 0)),
    "userfaultfd": ((323, 282), (1,)),
    "handle of a process": ((434, 434), ("server", 0)),
    "memory file": ((319, 279), (b"x", 0)),
    "process by clone": ((56, 220), (17, 0, 0, 0, 0)),
    "process by clone3": ((435, 435), (ctypes.create_string_buffer(88), 88)),
    "shared memory": ((29, 194), (0, 4096, 0o1600)),
    "limits of the server": ((302, 261), ("server", 7, 0, 0)),
    "filter of its own": ((317, 277), (2, 0, ctypes.create_string_buffer(b"\0\0\0\x80"))),
}


def _path(name: str) -> str:
    return os.path.join(TARGETS["folder"], name)


def _server(part: str = "") -> int | str:
    """The process, or the path of a part of it."""
    return f"/proc/{TARGETS['server']}/{part}" if part else int(TARGETS["server"])


def _open(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags))


def _call(numbers: tuple[int, int], arguments: tuple[object, ...]) -> None:
    filled = [_server() if each == "server" else each for each in arguments]
    whole = [ctypes.c_long(each) if isinstance(each, int) else each for each in filled]
    result = _libc.syscall(ctypes.c_long(numbers[_COLUMN]), *whole)
    if result == 0 and numbers[0] == 56:
        os._exit(0)  # the child process
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _executable_memory() -> None:
    _libc.mmap.restype = ctypes.c_void_p
    where = _libc.mmap(None, ctypes.c_long(4096), 7, 0x22, -1, ctypes.c_long(0))
    if where == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "refused")


# In this order: what removes a file comes last.
READING = {
    **{f"read {name}": lambda name=name: _open(_path(name)) for name in _FILES},
    "read passwd": lambda: _open("/etc/passwd"),
    "list the folder": lambda: os.listdir(_path("")),
}
OF_SERVER = {
    **{f"read {part}": lambda part=part: _open(_server(part)) for part in ("environ", "mem")},
    "list descriptors": lambda: os.listdir(_server("fd")),
    "signal the server": lambda: os.kill(_server(), 0),
    "wake the server": lambda: os.kill(_server(), signal.SIGCONT),
}
CHANGING = {
    "write": lambda: _open(_path("pepper"), os.O_WRONLY),
    "empty by opening": lambda: _open(_path("key"), os.O_WRONLY | os.O_TRUNC),
    "truncate": lambda: os.truncate(_path("database"), 0),
    "create": lambda: _open(_path("new"), os.O_WRONLY | os.O_CREAT),
    "unnamed file": lambda: _open(_path(""), os.O_WRONLY | os.O_TMPFILE),
    "make a folder": lambda: os.mkdir(_path("folder")),
    "link": lambda: os.link(_path("pepper"), _path("linked")),
    "symbolic link": lambda: os.symlink(_path("pepper"), _path("symbolic")),
    "pipe by name": lambda: os.mkfifo(_path("fifo")),
    "rename": lambda: os.rename(_path("key"), _path("renamed")),
    "remove": lambda: os.unlink(_path("secret_key")),
    "remove a folder": lambda: os.rmdir(_path("empty")),
}
# Landlock knows none of these.
OF_OWNER = {
    "change the mode": lambda: os.chmod(_path("pepper"), 0o666),
    "change the time": lambda: os.utime(_path("pepper"), (0, 0)),
    "look at the size": lambda: os.stat(_path("pepper")),
}
STARTING = {
    "fork": _fork,
    "start a program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
}
CONNECTING = {
    **{
        f"socket {family.name}": lambda family=family: socket.socket(family).close()
        for family in (socket.AF_INET, socket.AF_UNIX)
    },
    "socket AF_NETLINK": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "pair of sockets": socket.socketpair,
    "connect": lambda: socket.create_connection(("127.0.0.1", int(TARGETS["port"]))).close(),
    "abstract socket": lambda: socket.socket(socket.AF_UNIX).connect(f"\0{TARGETS['abstract']}"),
}
KERNEL = {name: lambda call=call: _call(*call) for name, call in _CALLS.items()} | {
    "executable memory": _executable_memory,
    "become root": lambda: os.setuid(0),
    "more processor time": lambda: resource.setrlimit(resource.RLIMIT_CPU, (600, 600)),
    "more open files": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "two gigabytes": lambda: bytes(2 * 1024**3),
    "end the group": lambda: os.killpg(0, 0),
}
GROUPS = {
    "reading": READING,
    "of the server": OF_SERVER,
    "changing": CHANGING,
    "of the owner": OF_OWNER,
    "starting": STARTING,
    "connecting": CONNECTING,
    "kernel": KERNEL,
}


def outcome(attempt) -> str:
    """`done`, or why not."""
    try:
        attempt()
    except MemoryError:
        return "no memory"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except ValueError:  # of setrlimit: not allowed
        return "EPERM"
    return "done"


def outcomes(*groups: str) -> dict[str, str]:
    return {name: outcome(each) for group in groups for name, each in GROUPS[group].items()}


def answer(*groups: str, in_thread: bool = False) -> None:
    """Write the outcomes as the name of a format, which an answer has room for."""
    found: dict[str, str] = {}
    if in_thread:
        thread = threading.Thread(target=lambda: found.update(outcomes(*groups)))
        thread.start()
        thread.join()
    else:
        found = outcomes(*groups)
    head = {"format": json.dumps(found), "findings": [], "name": None, "why_not": None}
    print(json.dumps(head), flush=True)
    os._exit(0)
