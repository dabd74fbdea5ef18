"""Lines on this machine: relays on loopback that can be cut and mended."""

import random
import socket
import threading

# Below the ports that the system gives to outgoing connections, so that what is down for a while finds its own free.
PORTS = range(15_000, 32_000)

_taken: set[int] = set()


def free_port() -> int:
    """A port that was free a moment ago, and that this process has not handed out before."""
    for _ in range(1_000):
        port = random.choice(PORTS)
        if port in _taken:
            continue
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        _taken.add(port)
        return port
    raise RuntimeError(f"no port between {PORTS.start} and {PORTS.stop} is free on 127.0.0.1")


class Line:
    """A relay that somebody dials in the place of `target`. Cut, it closes what goes through and refuses what comes."""

    def __init__(self, target: int):
        self.port = free_port()
        self._target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.mend()

    @property
    def is_cut(self) -> bool:
        return self._listener is None

    def mend(self) -> None:
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(64)
            self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Everything on the line breaks off, and nothing gets through until it is mended."""
        with self._lock:
            listener, self._listener = self._listener, None
            broken, self._open = self._open, set()
        if listener is not None:
            _end(listener)
        for end in broken:
            _end(end)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                lower, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(lower,), daemon=True).start()

    def _join(self, lower: socket.socket) -> None:
        try:
            upper = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            _end(lower)
            return
        upper.settimeout(None)
        with self._lock:
            stands = self._listener is not None
            if stands:
                self._open |= {lower, upper}
        if not stands:
            _end(lower)
            _end(upper)
            return
        threading.Thread(target=self._pump, args=(lower, upper), daemon=True).start()
        self._pump(upper, lower)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while chunk := source.recv(65_536):
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            _end(source)
            _end(sink)
        with self._lock:
            self._open.discard(source)


def _end(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
